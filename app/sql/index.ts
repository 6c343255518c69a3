// SQL of users over a ledger: what the console and the command line call.
export { toCsv } from './csv.ts';
export { type Question, readDocumentation } from './documentation.ts';
export { type Cell, defaultLimits, type QueryColumn, QueryError, type QueryLimits, type QueryResult } from './query.ts';
export { runQuery } from './sandbox.ts';
export { type PublishedColumn, type PublishedView, publishedViews } from './schema.ts';
