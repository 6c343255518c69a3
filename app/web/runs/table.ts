// The read model of the runs table: one page of rows with means and curves, what the filters offer, and how many runs are newer.
import type { Database } from 'better-sqlite3';
import { fromState } from '../../../views/format/metric.ts';
import { type Census, censusQuery } from './census.ts';
import { foldQueries, rowsPerPage } from './folds.ts';
import type { TableRequest } from './request.ts';
import { type Curve, curvesQuery, type RunRow } from './rows.ts';
import { mean, type Spread, spreadOf } from './spread.ts';

/** Repeats of a group whose curves are drawn, and that are listed when it is unfolded. */
const mostCurves = 5;
const mostChildren = 100;

/** A single run, or a group of repeats. Means are over repeats. */
export interface TableRow {
  /** A run id, or the configuration id of a group. */
  key: string;
  /** Newest first. */
  members: RunRow[];
  accuracy: Spread;
  loss: Spread;
  /** Train minus validation accuracy, a share. */
  gap: number | null;
  seconds: number | null;
  samplesPerSecond: number | null;
  /** Of up to five members. */
  curves: Curve[];
  /** The repeats, by seed, where the group is unfolded; null where it is not. */
  children: TableRow[] | null;
}

export interface RunsTable extends Census {
  request: TableRequest;
  rows: TableRow[];
  pages: number;
  /** Matching runs that wait behind the notice. */
  newer: number;
  /** Rows that stay single while they are read, though their repeats are complete. */
  foldable: number;
  /** First position of the newest run: what a page refreshes itself against. */
  newest: number;
}

/** Prepares the statements; a page then takes four of them. */
export function runsTable(database: Database): (request: TableRequest) => RunsTable {
  const folds = foldQueries(database);
  const curvesOf = curvesQuery(database);
  const censusOf = censusQuery(database);
  return (request) => {
    const asked = folds.page(request);
    const members = folds.members(asked);
    const rows = [...asked.keys()].flatMap((key) => {
      const found = members.get(key);
      return found === undefined ? [] : [toRow(key, found, request.open.includes(key))];
    });
    draw(rows, curvesOf);
    const census = censusOf(request);
    return {
      ...census,
      request,
      rows,
      pages: Math.max(1, Math.ceil(census.total / rowsPerPage)),
      newer: folds.newer(request),
      foldable: foldable(rows),
      newest: request.shown?.since ?? census.newest,
    };
  };
}

function toRow(key: string, members: RunRow[], isOpen: boolean): TableRow {
  const repeats = members.slice(0, mostChildren).sort((a, b) => a.seed - b.seed);
  return {
    key,
    members,
    accuracy: spreadOf(members.map(({ val_accuracy }) => val_accuracy)),
    loss: spreadOf(members.map(({ val_loss, val_loss_state }) => fromState(val_loss, val_loss_state))),
    gap: mean(
      members.map(({ train_accuracy: train, val_accuracy: validation }) =>
        train !== null && validation !== null ? train - validation : null,
      ),
    ),
    seconds: mean(members.map(({ seconds }) => seconds)),
    samplesPerSecond: mean(members.map(({ samples_per_second }) => samples_per_second)),
    curves: [],
    children: isOpen && members.length > 1 ? repeats.map((run) => toRow(run.run_id, [run], false)) : null,
  };
}

/** Completed single runs that share their configuration with another row. */
function foldable(rows: TableRow[]): number {
  const complete = rows.filter(({ members }) => members[0]!.status === 'completed' && members[0]!.config_id !== null);
  const configurations = Map.groupBy(complete, ({ members }) => members[0]!.config_id);
  return complete.filter(({ key, members }) => key === members[0]!.run_id && configurations.get(members[0]!.config_id)!.length > 1).length;
}

/** Fills in the curves of all rows, repeats included, with one query. */
function draw(rows: TableRow[], curvesOf: (runs: RunRow[]) => Map<string, Curve>): void {
  const drawn = rows.flatMap((row) => [row, ...(row.children ?? [])]);
  const curves = curvesOf(drawn.flatMap(({ members }) => members.slice(0, mostCurves)));
  for (const row of drawn)
    row.curves = row.members.slice(0, mostCurves).flatMap(({ run_id }) => (curves.has(run_id) ? [curves.get(run_id)!] : []));
}
