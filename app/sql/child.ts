// The sandbox's inside: one process, one query. It opens the ledger read-only with Node's own SQLite, whose authorizer and limits
// better-sqlite3 lacks, answers by message, and is killed by its parent: afterwards, or when its time is up.
import { DatabaseSync, type StatementSync } from 'node:sqlite';
import { createAuthorizer, forbiddenPlace, isPublished, type Refusal } from './authorizer.ts';
import { locate } from './mistake.ts';
import type { Cell, Mistake, QueryResult } from './query.ts';
import { expressionNames, secondStatement, type Token, tokenize } from './statement.ts';

export interface Question {
  file: string;
  sql: string;
  rows: number;
  bytes: number;
}

export type Answer =
  | { kind: 'ready' }
  | { kind: 'result'; result: QueryResult }
  | { kind: 'refused'; code: string; message: string; help?: string; mistake: Mistake | null };

/** Of one value, so that no query can fill the memory with a few; sorting and grouping spill to temporary files by themselves. */
const valueBytes = 4_000_000;
const readingVerbs = new Set(['select', 'with', 'values', 'explain']);

process.once('message', (question: Question) => {
  const database = open(question.file);
  send({ kind: 'ready' });
  send(answer(database, question));
});
// The parent ends this process once it has the answer; should the parent be gone, there is nobody to answer.
process.on('disconnect', () => process.exit());

function send(message: Answer): void {
  process.send!(message);
}

function open(file: string): DatabaseSync {
  const database = new DatabaseSync(file, { readOnly: true, timeout: 1000, limits: { length: valueBytes, sqlLength: 100_000, attach: 0 } });
  database.exec('PRAGMA trusted_schema = OFF; PRAGMA cell_size_check = ON');
  return database;
}

function answer(database: DatabaseSync, { sql, rows, bytes }: Question): Answer {
  const tokens = tokenize(sql);
  const second = secondStatement(tokens);
  if (second !== null) return refused('sql.statements', 'One statement at a time.', second, 'Take out what follows the semicolon');
  if (!tokens.some(({ text }) => text !== ';')) return refused('sql.empty', 'There is no query.', null, 'Try: SELECT * FROM v1_runs');

  const views = database.prepare("SELECT name, sql FROM sqlite_schema WHERE type = 'view'").all() as { name: string; sql: string }[];
  const published = views
    .map(({ name }) => name)
    .filter(isPublished)
    .sort();
  // The authorizer knows who reads a table by name only: the name of a view, or of a WITH inside it, must mean just that.
  const readers = new Set(views.flatMap((view) => [view.name, ...expressionNames(tokenize(view.sql)).map(({ name }) => name)]));
  const shadow = expressionNames(tokens).find(({ name }) => readers.has(name));
  if (shadow !== undefined)
    return refused('sql.refused', `${shadow.name} is a name of the views; WITH needs another one.`, shadow.token, 'Rename it');

  const relations = database.prepare("SELECT lower(name) AS name FROM sqlite_schema WHERE type IN ('table', 'view')").all() as {
    name: string;
  }[];
  const { authorize, refusal } = createAuthorizer(readers);
  database.setAuthorizer(authorize);
  const started = performance.now();
  let statement: StatementSync;
  try {
    statement = database.prepare(sql);
  } catch (error) {
    database.setAuthorizer(null);
    return explain(error as Error, refusal(), tokens, published, () => locate(sql, tokens, (error as Error).message, errorOf(database)));
  }
  const place = forbiddenPlace(tokens, new Set(relations.map(({ name }) => name)));
  if (place !== null) return refused('sql.refused', `${place.name} is not a published view.`, place.token, readable(published));
  // VACUUM asks the authorizer only while it runs.
  if (!readingVerbs.has(tokens[0]!.text))
    return refused('sql.refused', `${tokens[0]!.text.toUpperCase()} is not for queries here.`, tokens[0]!);
  try {
    return { kind: 'result', result: { ...read(statement, rows, bytes), elapsedMs: performance.now() - started } };
  } catch (error) {
    return refused('sql.failed', sentence((error as Error).message), null);
  }
}

/** Why a statement did not compile: refused by the authorizer, or not SQL. */
function explain(error: Error, refusal: Refusal | null, tokens: Token[], published: string[], find: () => Mistake | null): Answer {
  const help = readable(published);
  if (refusal === null)
    return refused('sql.syntax', sentence(error.message), find(), /no such table/.test(error.message) ? help : undefined);
  const { name, message } = refusal;
  const place = name === null ? tokens[0] : tokens.find(({ text, kind }) => kind === 'name' && text === name.toLowerCase());
  return refused('sql.refused', message, place ?? null, help);
}

function readable(published: string[]): string {
  return `Queries read the views ${published.join(', ')}`;
}

function sentence(message: string): string {
  return `${message[0]?.toUpperCase()}${message.slice(1)}.`;
}

function refused(code: string, message: string, mistake: Mistake | null, help?: string): Answer {
  const place = mistake === null ? null : { offset: mistake.offset, length: mistake.length };
  return help === undefined ? { kind: 'refused', code, message, mistake: place } : { kind: 'refused', code, message, mistake: place, help };
}

/** What SQLite says of a piece of SQL when it compiles it. */
function errorOf(database: DatabaseSync): (sql: string) => string | null {
  return (sql) => {
    try {
      database.prepare(sql);
      return null;
    } catch (error) {
      return (error as Error).message;
    }
  };
}

function read(statement: StatementSync, maxRows: number, maxBytes: number): Omit<QueryResult, 'elapsedMs'> {
  statement.setReturnArrays(true);
  statement.setReadBigInts(true);
  const names = statement.columns().map(({ name }) => name);
  const types = names.map(() => new Set<string>());
  const rows: Cell[][] = [];
  let bytes = 0;
  let truncated: QueryResult['truncated'] = null;
  for (const raw of statement.iterate() as Iterable<unknown> as Iterable<Cell[]>) {
    if (rows.length === maxRows) truncated = 'rows';
    for (const cell of raw) bytes += sizeOf(cell);
    if (bytes > maxBytes) truncated ??= 'bytes';
    if (truncated !== null) break;
    raw.forEach((cell, column) => {
      if (cell !== null) types[column]!.add(typeOf(cell));
    });
    rows.push(raw.map(narrow));
  }
  return { columns: names.map((name, index) => ({ name, type: common(types[index]!) })), rows, truncated };
}

function typeOf(cell: Exclude<Cell, null>): string {
  if (typeof cell === 'bigint') return 'integer';
  if (typeof cell === 'number') return 'real';
  return typeof cell === 'string' ? 'text' : 'blob';
}

function common(types: Set<string>): string {
  if (types.size === 0) return 'null';
  return types.size === 1 ? [...types][0]! : 'mixed';
}

function sizeOf(cell: Cell): number {
  if (typeof cell === 'string') return Buffer.byteLength(cell);
  return cell instanceof Uint8Array ? cell.byteLength : 8;
}

function narrow(cell: Cell): Cell {
  return typeof cell === 'bigint' && Number.isSafeInteger(Number(cell)) ? Number(cell) : cell;
}
