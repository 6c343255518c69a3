// One page of the runs table as keys: filters, folds repeats, sorts and pages, all inside SQLite, so that ten thousand runs cost
// one scan. Completed runs of one configuration fold into a group; every other run is a row of its own.
import type { Database, Statement } from 'better-sqlite3';
import { columns } from './columns.ts';
import type { TableRequest } from './request.ts';
import { type RunRow, runColumns } from './rows.ts';

export const rowsPerPage = 40;

export interface FoldPage {
  /** A configuration id, or a run id, a row, with the ids of its runs. */
  rows: Map<string, string[]>;
  /** Rows of all pages, and the runs in them. */
  total: number;
  runs: number;
}

export interface FoldQueries {
  page(request: TableRequest): FoldPage;
  /** The runs behind each key, newest first. */
  members(rows: FoldPage['rows']): Map<string, RunRow[]>;
  /** Matching runs that began after what a page shows. */
  newer(request: TableRequest): number;
}

interface Filter {
  text: string | null;
  status: string | null;
  dataset: string | null;
  archived: number;
}

const kept = `archived = @archived AND (@dataset IS NULL OR dataset = @dataset)
  AND (@text IS NULL OR instr(lower(coalesce(name, '')), @text) > 0 OR instr(lower(coalesce(tags, '')), @text) > 0 OR instr(run_id, @text) = 1)`;
const matching = `${kept} AND (@status IS NULL OR status = @status)`;

/**
 * The statement behind one way to sort. In the past, where no index finds the runs of a configuration, it brings their ids along; with ten thousand
 * runs that takes as long again as the rest.
 */
export function pageSql({ sort, descending, at }: Pick<TableRequest, 'sort' | 'descending' | 'at'>): string {
  const { sortBy } = columns.find(({ key }) => key === sort)!;
  return `SELECT CASE WHEN status = 'completed' THEN coalesce(config_id, run_id) ELSE run_id END AS key,
    ${at === null ? 'NULL' : 'group_concat(run_id)'} AS ids, count(*) OVER () AS total, sum(count(*)) OVER () AS runs
    FROM v1_runs WHERE ${matching} GROUP BY 1
    ORDER BY ${sortBy} ${descending ? 'DESC' : 'ASC'} NULLS LAST, max(first_position) DESC LIMIT ${rowsPerPage} OFFSET @offset`;
}

/**
 * The runs that the rows of a page hold by now. Both branches look keys up in an index (CROSS JOIN keeps SQLite from turning that round); a group
 * leaves out what the page shows as a row of its own. The seed is asked for because the index of the newest runs, which has everything else, would be
 * walked from end to end for each key.
 */
export const shownSql = `SELECT wanted.value AS key, run.run_id AS id, run.seed FROM json_each(@keys) AS wanted CROSS JOIN v1_runs AS run ON run.config_id = wanted.value
    WHERE status = 'completed' AND ${kept} AND run_id NOT IN (SELECT value FROM json_each(@keys))
  UNION ALL SELECT wanted.value AS key, run.run_id AS id, run.seed FROM json_each(@keys) AS wanted CROSS JOIN v1_runs AS run ON run.run_id = wanted.value`;

/** By their ids alone: in the past nothing else finds a run by an index. */
export const membersSql = `SELECT ${runColumns} FROM json_each(@ids) AS wanted CROSS JOIN v1_runs AS run ON run.run_id = wanted.value
  ORDER BY first_position DESC`;

export function foldQueries(database: Database): FoldQueries {
  type PageStatement = Statement<[Filter & { offset: number }], { key: string; ids: string | null; total: number; runs: number }>;
  // One for each way to sort, prepared when first asked for: at most twice as many as columns.
  const pages = new Map<string, PageStatement>();
  const members = database.prepare<[{ ids: string }], RunRow>(membersSql);
  const shown = database.prepare<[Filter & { keys: string }], { key: string; id: string }>(shownSql);
  const newer = database
    .prepare<[Filter & { since: number }], number>(`SELECT count(*) FROM v1_runs WHERE ${matching} AND first_position > @since`)
    .pluck();
  const idsOf = (request: TableRequest, keys: string[]): FoldPage['rows'] => {
    const rows = new Map(keys.map((key): [string, string[]] => [key, []]));
    for (const { key, id } of shown.all({ ...filterOf(request), status: null, keys: JSON.stringify(keys) })) rows.get(key)?.push(id);
    return rows;
  };
  return {
    page(request) {
      if (request.shown) return { rows: idsOf(request, request.shown.keys), total: 0, runs: 0 };
      const sql = pageSql(request);
      const statement = pages.get(sql) ?? database.prepare(sql);
      pages.set(sql, statement);
      const found = statement.all({ ...filterOf(request), offset: (request.page - 1) * rowsPerPage });
      const [first] = found;
      const keys = found.map(({ key }) => key);
      return {
        rows: request.at === null ? idsOf(request, keys) : new Map(found.map(({ key, ids }) => [key, ids?.split(',') ?? []])),
        total: first?.total ?? 0,
        runs: first?.runs ?? 0,
      };
    },
    members(rows) {
      const keyOf = new Map([...rows].flatMap(([key, ids]) => ids.map((id) => [id, key])));
      return Map.groupBy(members.all({ ids: JSON.stringify([...keyOf.keys()]) }), ({ run_id }) => keyOf.get(run_id)!);
    },
    newer: (request) => (request.shown ? (newer.get({ ...filterOf(request), since: request.shown.since }) ?? 0) : 0),
  };
}

function filterOf({ text, status, dataset, archived }: TableRequest): Filter {
  return {
    archived: Number(archived),
    text: text === '' ? null : text.toLowerCase(),
    status: status === '' ? null : status,
    dataset: dataset === '' ? null : dataset,
  };
}
