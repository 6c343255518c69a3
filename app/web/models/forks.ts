// Which of the compared groups are forks, and of what.
import type { RunQueries } from '../queries/runs.ts';
import type { RunGroup } from './groups.ts';

/** A group that begins at the end of an epoch of other runs. */
export interface Fork {
  group: RunGroup;
  epoch: number;
  /** The group of its parents, where it is compared too. */
  parent: RunGroup | null;
  /** Its parents outside of the comparison that are in this ledger. */
  others: { id: string; name: string }[];
}

/** None, or one. */
export function forkOf(runs: Pick<RunQueries, 'byId'>, group: RunGroup, groups: readonly RunGroup[]): Fork[] {
  const epoch = group.runs[0]!.parentEpoch;
  if (epoch === null) return [];
  const ids = new Set(group.runs.flatMap(({ parentRunId }) => parentRunId ?? []));
  const parent = groups.find(({ runs: members }) => members.some(({ id }) => ids.has(id))) ?? null;
  const compared = new Set(groups.flatMap(({ runs: members }) => members.map(({ id }) => id)));
  const others = [...ids].filter((id) => !compared.has(id)).flatMap((id) => runs.byId(id) ?? []);
  return [{ group, epoch, parent, others: others.map(({ id, name }) => ({ id, name })) }];
}
