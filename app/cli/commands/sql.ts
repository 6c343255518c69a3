// `runledger sql`: one question to the published views, answered by the same sandbox as the page.
import { Command, Option } from 'commander';
import type { Cell, QueryResult } from '../../sql/index.ts';
import type { CliContext } from '../context.ts';
import { type Format, formats } from '../options.ts';
import { type Column, table } from '../terminal/table.ts';

export function sqlCommand(context: CliContext): Command {
  return new Command('sql')
    .description('ask the ledger in SQL; docs/sql.md describes the views')
    .argument('<query>', 'one SELECT over the v1_ views')
    .addOption(new Option('--format <format>', 'how to print it').choices(formats).default('table'))
    .action((query: string, { format }: { format: Format }) => sql(context, query, format));
}

async function sql(context: CliContext, query: string, format: Format): Promise<void> {
  const { runQuery } = await import('../../sql/index.ts');
  const { toCsv, toJson } = await import('../raw.ts');
  const { withLedger } = await import('../withLedger.ts');
  // Opened first, so that a ledger that is missing or damaged says so itself.
  const result = await withLedger(context, { write: false }, ({ folder }) => runQuery(folder, query));
  const { out, err } = context;
  const names = result.columns.map(({ name }) => name);
  if (format === 'csv') out.line(toCsv(names, result.rows));
  else if (format === 'json') out.line(toJson(names, result.rows));
  else for (const line of resultTable(result, context)) out.line(line);
  if (result.truncated !== null)
    err.line(err.paint.warning(`! cut after ${result.rows.length} rows: the limit of ${limits[result.truncated]}`));
}

const limits = { rows: '1,000 rows', bytes: '1 MB' } as const;

function resultTable({ columns, rows }: QueryResult, { out }: CliContext): string[] {
  const shown = columns.map(
    ({ name, type }, index): Column<Cell[]> => ({
      title: name,
      align: type === 'integer' || type === 'real' ? 'right' : 'left',
      cell: (row) => cellText(row[index] ?? null, out.paint.muted),
      shrinks: type === 'text',
    }),
  );
  const count = `${rows.length} ${rows.length === 1 ? 'row' : 'rows'}`;
  return [...table(rows, shown, out), out.paint.muted(count)];
}

/** Values as they are, so that they can be asked for again; a line break would break the table. */
function cellText(value: Cell, muted: (text: string) => string): string {
  if (value === null) return muted('null');
  if (value instanceof Uint8Array) return muted(`${value.length} bytes`);
  return String(value).replace(/\s+/g, ' ');
}
