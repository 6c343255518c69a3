// Where a run goes on instead of beginning: at a checkpoint, with what was recorded up to it. Going on leaves the bits of a run that never stopped.
import type { Checkpoint } from '../checkpoint.ts';
import type { EngineState } from '../engine.ts';
import { RunledgerError } from '../errors.ts';
import type { EpochMeasured } from '../facts.ts';
import type { FingerprintedFact } from '../fingerprint.ts';
import type { EpochProgress } from '../measures/epochMeter.ts';
import { takeOverPlateau } from '../schedules/plateau.ts';
import { takeOverPatience } from './early.ts';
import type { Run } from './run.ts';

export interface Origin {
  checkpoint: Checkpoint;
  /** State at the end of the checkpoint's best epoch; null where that is the checkpoint's own. */
  best: EngineState | null;
  /** The run's facts up to the checkpoint, in order, as recorded. Empty where another run begins there, with a record of its own: a fork. */
  line: readonly FingerprintedFact[];
}

/** Where the loop stands before its next step. */
export interface Standing {
  /** The epoch under way, or the next one. */
  epoch: number;
  /** What was measured of the last whole epoch. */
  last: EpochMeasured['data'] | null;
  /** Sums of the epoch under way; null between epochs. */
  progress: EpochProgress | null;
  /** Layer whose gradient stopped being finite in the epoch under way. */
  suspect: string | null;
}

export const fromTheStart: Standing = { epoch: 1, last: null, progress: null, suspect: null };

/** Puts a run at its origin: engine, position, best epoch and fingerprint. Error `checkpoint.mismatch` where the state is another network's. */
export function takeUp(run: Run, { checkpoint, best, line }: Origin): Standing {
  const { engine, position, fingerprint } = run;
  checkState(checkpoint.state, engine.readState());
  engine.writeState(checkpoint.state);
  position.epoch = checkpoint.epoch;
  position.step = checkpoint.step;
  run.best = checkpoint.best && { ...checkpoint.best, state: bestState(checkpoint, best) };
  for (const fact of line) fingerprint.add(fact);
  const last = line.findLast(({ type }) => type === 'EpochMeasured') as EpochMeasured | undefined;
  const { progress, suspect } = checkpoint;
  return {
    epoch: progress === null ? checkpoint.epoch + 1 : checkpoint.epoch,
    last: last?.data ?? null,
    progress,
    suspect,
  };
}

/** What a checkpoint says of the rules that look back; without one they begin. */
export function takeUpRules(run: Run, kept: Pick<Checkpoint, 'plateau' | 'patience'> | undefined): void {
  const { schedule, optimizer, stop } = run.recipe;
  run.plateau = schedule.type === 'reduceLROnPlateau' ? takeOverPlateau(schedule, optimizer.lr, kept?.plateau) : null;
  run.patience = stop === undefined ? null : takeOverPatience(stop, kept?.patience);
}

function bestState(checkpoint: Checkpoint, best: EngineState | null): EngineState {
  if (checkpoint.progress === null && checkpoint.best?.epoch === checkpoint.epoch) return checkpoint.state;
  if (best !== null) return best;
  throw new RunledgerError('checkpoint.best', `the state of the best epoch, ${checkpoint.best?.epoch}, is missing`, {
    help: 'go on from the checkpoint of an earlier epoch, or from the start',
  });
}

/** Same parameters and batch-norm layers, each of the same size. Optimizer slots come and go with the first step. */
function checkState(given: EngineState, own: EngineState): void {
  const sizes = ({ parameters, batchNorm }: EngineState): Map<string, number> =>
    new Map(
      [...parameters, ...[...batchNorm].map(([name, { runningMean }]) => [name, runningMean] as const)].map(([name, values]) => [
        name,
        values.length,
      ]),
    );
  const [theirs, ours] = [sizes(given), sizes(own)];
  const odd = [...new Set([...ours.keys(), ...theirs.keys()])].find((name) => theirs.get(name) !== ours.get(name));
  if (odd === undefined) return;
  const said = (count: number | undefined): string => (count === undefined ? 'is absent' : `has ${count} values`);
  throw new RunledgerError(
    'checkpoint.mismatch',
    `${odd} ${said(theirs.get(odd))} in the checkpoint and ${said(ours.get(odd))} in the network`,
    {
      place: odd,
      help: 'a checkpoint fits the network it was taken from',
    },
  );
}
