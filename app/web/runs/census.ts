// How many runs there are by status and data set, how many of them an inquiry matches, and in how many rows: one scan for all that is counted.
import type { Database } from 'better-sqlite3';
import { filterOf, keyOfRow, type TableFilter, textMatches } from './folds.ts';
import type { TableRequest } from './request.ts';

export interface Choice {
  value: string;
  runs: number;
}

export interface Census {
  /** Rows of all pages, and the runs in them. */
  total: number;
  runs: number;
  /** Runs of the whole ledger that are archived or are not, as was asked, and those that are. */
  allRuns: number;
  archivedRuns: number;
  statuses: Choice[];
  datasets: Choice[];
  /** First position of the newest of `allRuns`; 0 without one. */
  newest: number;
}

interface Group {
  status: string;
  dataset: string;
  archived: number;
  runs: number;
  newest: number;
  /** Of them, those whose name, tag or id the text is in, and the rows they make: a row never spans two groups. */
  matching: number;
  rows: number;
}

export const censusSql = `SELECT status, dataset, archived, count(*) AS runs, max(first_position) AS newest,
  count(*) FILTER (WHERE ${textMatches}) AS matching, count(DISTINCT ${keyOfRow}) FILTER (WHERE ${textMatches}) AS rows
  FROM v1_runs GROUP BY status, dataset, archived`;

export function censusQuery(database: Database): (request: TableRequest) => Census {
  const statement = database.prepare<[TableFilter], Group>(censusSql);
  return (request) => {
    const groups = statement.all(filterOf(request));
    const asked = groups.filter(({ archived }) => archived === Number(request.archived));
    const shown = asked.filter(
      ({ status, dataset }) =>
        (request.status === '' || status === request.status) && (request.dataset === '' || dataset === request.dataset),
    );
    return {
      total: sum(shown, 'rows'),
      runs: sum(shown, 'matching'),
      allRuns: sum(asked, 'runs'),
      archivedRuns: sum(
        groups.filter(({ archived }) => archived === 1),
        'runs',
      ),
      statuses: choices(asked, 'status'),
      datasets: choices(asked, 'dataset'),
      newest: Math.max(0, ...asked.map(({ newest }) => newest)),
    };
  };
}

function sum(groups: readonly Group[], of: 'runs' | 'matching' | 'rows'): number {
  return groups.reduce((total, group) => total + group[of], 0);
}

function choices(groups: readonly Group[], by: 'status' | 'dataset'): Choice[] {
  return [...Map.groupBy(groups, (group) => group[by])]
    .map(([value, members]) => ({ value, runs: sum(members, 'runs') }))
    .sort((a, b) => a.value.localeCompare(b.value, 'en'));
}
