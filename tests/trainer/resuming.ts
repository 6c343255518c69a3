// Stopping a run after any step, and where it goes on.
import { type CheckpointTaken, decodeCheckpoint, type Fact, type Origin, type TrainStep } from '../../trainer/index.ts';
import { ofType, watched } from './recorded.ts';

/** Aborts after a step, counted from 1 over the run. */
export function stopAfter(step: number, seen: (task: TrainStep) => void = () => {}) {
  const signal = { aborted: false };
  const engine = watched(({ trainStep }) => ({
    trainStep(task) {
      if (task.step === step) signal.aborted = true;
      seen(task);
      return trainStep(task);
    },
  }));
  return { signal, engine };
}

export const withoutTimes = (facts: readonly Fact[]) =>
  facts.filter(({ type }) => type !== 'RunStopped').map(({ measured: _, ...fact }) => fact);
export const isStopFact = (fact: Fact) => fact.type === 'CheckpointTaken' && fact.data.reason === 'stop';
const stateOf = (taken: CheckpointTaken) => decodeCheckpoint(taken.blob).state;

/** Where a run goes on after these facts, which end in a checkpoint. */
export function originOf(line: readonly Fact[]): Origin {
  const taken = ofType(line, 'CheckpointTaken');
  const best = taken.findLast(({ data }) => data.reason === 'best');
  return { checkpoint: decodeCheckpoint(taken.at(-1)!.blob), best: best ? stateOf(best) : null, line };
}
