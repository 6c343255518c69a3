// One page of the runs table as keys: filters, folds repeats, sorts and pages, all inside SQLite, so that ten thousand runs cost
// at most one scan. Completed runs of one configuration fold into a group; every other run is a row of its own.
import type { Database, Statement } from 'better-sqlite3';
import { columns, newestFirst } from './columns.ts';
import type { TableRequest } from './request.ts';
import { type RunRow, runColumns } from './rows.ts';

export const rowsPerPage = 40;

/** A configuration id, or a run id, a row, with the ids of its runs. */
export type FoldPage = Map<string, string[]>;

export interface FoldQueries {
  page(request: TableRequest): FoldPage;
  /** The runs behind each key, newest first. */
  members(rows: FoldPage): Map<string, RunRow[]>;
  /** Matching runs that began after what a page shows. */
  newer(request: TableRequest): number;
}

/** What the statements of the table are given to filter by; null for all. */
export interface TableFilter {
  text: string | null;
  status: string | null;
  dataset: string | null;
  archived: number;
}

/** The row a run stands in. */
export const keyOfRow = `CASE WHEN status = 'completed' THEN coalesce(config_id, run_id) ELSE run_id END`;
export const textMatches =
  "(@text IS NULL OR instr(lower(coalesce(name, '')), @text) > 0 OR instr(lower(coalesce(tags, '')), @text) > 0 OR instr(run_id, @text) = 1)";
const kept = `archived = @archived AND (@dataset IS NULL OR dataset = @dataset) AND ${textMatches}`;
const matching = `${kept} AND (@status IS NULL OR status = @status)`;

/** The key of every run, newest first, in the order of an index: whoever wants the first page reads no further than its rows. */
export const newestSql = `SELECT ${keyOfRow} FROM v1_runs WHERE ${matching} ORDER BY first_position DESC`;

/**
 * The statement behind one way to sort. In the past, where no index finds the runs of a configuration, it brings their ids along; with ten thousand
 * runs that takes as long again as the rest.
 */
export function pageSql({ sort, descending, at }: Pick<TableRequest, 'sort' | 'descending' | 'at'>): string {
  const { sortBy } = columns.find(({ key }) => key === sort)!;
  return `SELECT ${keyOfRow} AS key, ${at === null ? 'NULL' : 'group_concat(run_id)'} AS ids
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
  type PageStatement = Statement<[TableFilter & { offset: number }], { key: string; ids: string | null }>;
  // One for each way to sort, prepared when first asked for: at most twice as many as columns.
  const pages = new Map<string, PageStatement>();
  const newest = database.prepare<[TableFilter], string>(newestSql).pluck();
  const members = database.prepare<[{ ids: string }], RunRow>(membersSql);
  const shown = database.prepare<[TableFilter & { keys: string }], { key: string; id: string }>(shownSql);
  const newer = database
    .prepare<[TableFilter & { since: number }], number>(`SELECT count(*) FROM v1_runs WHERE ${matching} AND first_position > @since`)
    .pluck();
  const idsOf = (request: TableRequest, keys: string[]): FoldPage => {
    const rows = new Map(keys.map((key): [string, string[]] => [key, []]));
    for (const { key, id } of shown.all({ ...filterOf(request), status: null, keys: JSON.stringify(keys) })) rows.get(key)?.push(id);
    return rows;
  };
  return {
    page(request) {
      if (request.shown) return idsOf(request, request.shown.keys);
      const { at, sort, descending, page } = request;
      if (at === null && sort === newestFirst.sort && descending === newestFirst.descending)
        return idsOf(request, firstOf(newest.iterate(filterOf(request)), page));
      const sql = pageSql(request);
      const statement = pages.get(sql) ?? database.prepare(sql);
      pages.set(sql, statement);
      const found = statement.all({ ...filterOf(request), offset: (page - 1) * rowsPerPage });
      if (at !== null) return new Map(found.map(({ key, ids }) => [key, ids?.split(',') ?? []]));
      return idsOf(
        request,
        found.map(({ key }) => key),
      );
    },
    members(rows) {
      const keyOf = new Map([...rows].flatMap(([key, ids]) => ids.map((id) => [id, key])));
      return Map.groupBy(members.all({ ids: JSON.stringify([...keyOf.keys()]) }), ({ run_id }) => keyOf.get(run_id)!);
    },
    newer: (request) => (request.shown ? (newer.get({ ...filterOf(request), since: request.shown.since }) ?? 0) : 0),
  };
}

/** The different keys of a page, from all keys in order; takes no more of them than it needs. */
function firstOf(all: Iterable<string>, page: number): string[] {
  const keys = new Set<string>();
  for (const key of all) if (keys.add(key).size === page * rowsPerPage) break;
  return [...keys].slice((page - 1) * rowsPerPage);
}

export function filterOf({ text, status, dataset, archived }: TableRequest): TableFilter {
  return {
    archived: Number(archived),
    text: text === '' ? null : text.toLowerCase(),
    status: status === '' ? null : status,
    dataset: dataset === '' ? null : dataset,
  };
}
