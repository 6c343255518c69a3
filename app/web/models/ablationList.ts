// Everything `/ablations` shows: what was declared, then groups of runs that happen to differ in one factor.
import type { Database } from 'better-sqlite3';
import type { Comparison } from '../../ablations/analysis.ts';
import { factorLabel, levelHeading } from '../../ablations/factors.ts';
import type { FactorGroup, Level } from '../../ablations/groups.ts';
import { type DeclaredAblation, mostSearched, readDeclared, readFound } from '../../ablations/queries.ts';
import type { Ticks } from '../../charts/ticks.ts';
import type { AblationQueries } from '../queries/ablations.ts';
import { differenceScale } from './compare.ts';

export interface AblationLine {
  href: string;
  name: string;
  factor: string;
  dataset: string;
  /** Reference and other level, each with its summary; null where nothing is completed yet. */
  levels: [ListedLevel, ListedLevel] | null;
  comparison: Comparison | null;
  completed: number;
  trials: number;
  declaredAt: string | null;
}

export interface ListedLevel {
  heading: string;
  summary: Level['summary'];
}

export interface AblationListPart {
  lines: AblationLine[];
  /** One axis for all its rows, in points. */
  scale: Ticks;
}

export interface AblationListPage {
  declared: AblationListPart;
  found: AblationListPart;
  /** How many of the newest completed runs were searched. */
  searched: number;
  /** What ages are counted up to, and the moment of the page; null is now. */
  now: number;
  at: number | null;
}

export interface AblationListReader {
  /** With archived runs where they are asked for. */
  list(when: Pick<AblationListPage, 'now' | 'at'>, archived?: boolean): AblationListPage;
  found(): FactorGroup[];
}

const mostDeclared = 50;
const mostFound = 30;

/** Reads the list; groups found among completed runs are kept until one more completes. */
export function ablationListReader(database: Database, queries: AblationQueries): AblationListReader {
  let kept: { state: string; groups: FactorGroup[] } = { state: '', groups: [] };
  const found = () => {
    const state = queries.completedState();
    if (state !== kept.state) kept = { state, groups: readFound(database) };
    return kept.groups;
  };
  return {
    found,
    list: (when, archived = false) => {
      const declared = readDeclared(database, undefined, { archived }).slice(0, mostDeclared);
      const lines = declared.flatMap(declaredLines);
      const shown = new Set(declared.flatMap(({ groups }) => groups.map(runsOf)));
      const others = found()
        .filter((group) => !shown.has(runsOf(group)))
        .slice(0, mostFound)
        .flatMap(foundLines);
      return { declared: part(lines), found: part(others), searched: mostSearched, ...when };
    },
  };
}

function part(lines: AblationLine[]): AblationListPart {
  return { lines, scale: differenceScale(lines.map(({ comparison }) => comparison)) };
}

/** A group that holds no other runs than a declared one has been shown with it. */
function runsOf(group: FactorGroup): string {
  return group.levels
    .flatMap(({ observations }) => observations.map(({ runId }) => runId))
    .sort()
    .join(' ');
}

function declaredLines(ablation: DeclaredAblation): AblationLine[] {
  const shared = {
    href: `/ablations/${ablation.ablationId}`,
    name: ablation.name,
    completed: ablation.completed,
    trials: ablation.trials,
    declaredAt: ablation.declaredAt,
  };
  if (ablation.groups.length === 0) return [{ ...shared, factor: '', dataset: '', levels: null, comparison: null }];
  return ablation.groups.flatMap((group) => pairs(group).map((pair) => ({ ...shared, ...pair })));
}

function foundLines(group: FactorGroup): AblationLine[] {
  const observed = group.levels.flatMap(({ observations }) => observations);
  return pairs(group).map((pair) => ({
    ...pair,
    href: foundAddress(group),
    name: `${factorLabel(group.path)} on ${group.dataset}`,
    completed: observed.length,
    trials: observed.length,
    declaredAt: null,
  }));
}

function pairs(group: FactorGroup): Pick<AblationLine, 'factor' | 'dataset' | 'levels' | 'comparison'>[] {
  const [reference, ...others] = group.levels;
  if (reference === undefined) return [];
  const listed = ({ value, summary }: Level): ListedLevel => ({ heading: levelHeading(value), summary });
  return others.map((other, index) => ({
    factor: factorLabel(group.path),
    dataset: group.dataset,
    levels: [listed(reference), listed(other)],
    comparison: group.comparisons[index] ?? null,
  }));
}

/** A found group is known by its factor and any one of its runs. */
export function foundAddress(group: FactorGroup): string {
  const run = group.levels[0]?.observations[0]?.runId ?? '';
  return `/ablations/found?${new URLSearchParams({ factor: group.path, run })}`;
}
