// Which checkpoints of a run are recorded at all, by what its recipe keeps. Those that newer ones take the place of go by `retention.ts`.
import type { Fact, Recipe } from '../../trainer/index.ts';

/** Whether a fact is recorded: every one but checkpoints that nobody asked for. What a stop leaves is always kept. */
export function isRecorded({ record: { checkpoints: keep } }: Pick<Recipe, 'record'>): (fact: Fact) => boolean {
  return (fact) => {
    if (fact.type !== 'CheckpointTaken' || keep === undefined) return true;
    const { reason, epoch } = fact.data;
    return (
      reason === 'stop' ||
      keep.includes('all') ||
      keep.includes(reason) ||
      (reason === 'last' && keep.some((word) => typeof word === 'object' && epoch % word.every === 0))
    );
  };
}
