// Holds a run that is trained again against its whole record, fact by fact, up to the first difference. What a fact must have in common with its
// record is `difference.ts`; what trains it, `replay.ts`.
import { type Checkpoint, type CheckpointTaken, decodeCheckpoint, type Fact } from '../../trainer/index.ts';
import type { EventData } from '../ledger/catalogue/index.ts';
import { compareFacts, type Difference } from './difference.ts';
import { isOf, type RecordedFact } from './line.ts';

export interface Comparison {
  /** Facts found the same, how many of them held weight hashes, and how many there are. */
  readonly facts: number;
  readonly weights: number;
  readonly total: number;
  /** Of the replay, where its end was the same. */
  readonly fingerprint: string | null;
  /** Takes the next fact of the replay; false once there is nothing more to learn. */
  take(fact: Fact): Promise<boolean>;
  /** The first difference, once the replay has ended: one that was found, or what was recorded and never came. Null where all is the same. */
  conclude(): Difference | null;
}

type Started = EventData<'RunStarted'>;

/** Of the recorded facts `rest`, a part of the run's whole line. `kept` finds the checkpoint of an epoch, if it is still there. */
export function createComparison(
  rest: readonly RecordedFact[],
  { stepsPerEpoch, layers }: Pick<Started, 'stepsPerEpoch' | 'layers'>,
  kept: (epoch: number) => Promise<Checkpoint | null>,
): Comparison {
  const wanted = rest.filter((fact) => !isOf(fact, 'CheckpointTaken') && !isOf(fact, 'RunStopped') && !isCrash(fact));
  // By epoch and reason: their order within an epoch says nothing, and retention decides which there are. Of stops only that which ends the
  // record takes place again.
  const end = rest.findLastIndex((fact) => isOf(fact, 'CheckpointTaken'));
  const stops = rest.slice(end + 1).some((fact) => isOf(fact, 'RunStopped'));
  const checkpoints = new Map(
    rest.flatMap((fact, index) =>
      isOf(fact, 'CheckpointTaken') && (fact.data.reason !== 'stop' || (stops && index === end))
        ? [[`${fact.data.epoch} ${fact.data.reason}`, fact.data] as const]
        : [],
    ),
  );
  const total = wanted.length + checkpoints.size;
  let [compared, taken, weights] = [0, 0, 0];
  let difference: Difference | null = null;
  let fingerprint: string | null = null;
  /** Weights differ: the epoch's checkpoint may say where. */
  let doubt: Difference | null = null;

  function takeCheckpoint(data: CheckpointTaken['data']): void {
    const recorded = checkpoints.get(`${data.epoch} ${data.reason}`);
    if (recorded === undefined) return;
    taken += 1;
    if (recorded.sha256 === data.sha256) return;
    const { epoch, step } = data;
    difference = {
      epoch,
      step,
      fact: 'CheckpointTaken',
      layer: null,
      value: 'sha256',
      recorded: recorded.sha256,
      replayed: data.sha256,
      note: null,
    };
  }

  function takeFact(fact: Fact): void {
    const recorded = wanted[compared];
    if (recorded === undefined) return;
    const found = compareFacts(recorded, fact, stepsPerEpoch);
    if (found?.value === 'weightsSha256' && fact.type === 'EpochMeasured') doubt = found;
    else difference = found;
    if (found !== null) return;
    compared += 1;
    if (fact.type === 'EpochMeasured') weights += 1;
    if (fact.type === 'RunCompleted') fingerprint = fact.data.fingerprint;
  }

  /** What was recorded next and did not come: a fact, or a checkpoint. */
  function missing(): Difference {
    const next = wanted[compared];
    const { epoch = 0, step = 0 } = (next?.data ?? [...checkpoints.values()].at(-1)) as { epoch?: number; step?: number };
    const fact = next?.type ?? 'CheckpointTaken';
    return { epoch, step, fact, layer: null, value: 'fact', recorded: fact, replayed: null, note: 'the replay ended before it' };
  }

  return {
    get facts() {
      return compared + taken;
    },
    get weights() {
      return weights;
    },
    total,
    get fingerprint() {
      return fingerprint;
    },
    async take(fact) {
      if (doubt !== null) {
        if (fact.type !== 'CheckpointTaken') return true;
        difference = locate(doubt, await kept(doubt.epoch), decodeCheckpoint(fact.blob), layers);
        return false;
      }
      if (fact.type === 'CheckpointTaken') takeCheckpoint(fact.data);
      else takeFact(fact);
      return difference === null && compared + taken < total;
    },
    conclude: () => difference ?? doubt ?? (compared + taken === total ? null : missing()),
  };
}

/** That a process broke is no function of the recipe. */
const isCrash = (fact: RecordedFact): boolean => isOf(fact, 'RunFailed') && fact.data.code === 'worker.crashed';

/** Which weight differs, in network order, where the recorded checkpoint was kept. */
function locate(doubt: Difference, recorded: Checkpoint | null, replayed: Checkpoint, layers: Started['layers']): Difference {
  if (recorded === null) return { ...doubt, note: `the checkpoint of epoch ${doubt.epoch} was not kept, so no layer can be named` };
  const order = (name: string): number => layers.findIndex((layer) => name.startsWith(`${layer.name}.`));
  const names = [...replayed.state.parameters.keys()].sort((a, b) => order(a) - order(b));
  for (const name of names) {
    const [ours, theirs] = [recorded.state.parameters.get(name), replayed.state.parameters.get(name)!];
    const at = theirs.findIndex((value, i) => !Object.is(value, ours?.[i]));
    if (at < 0) continue;
    const cut = name.lastIndexOf('.');
    const value = `${name.slice(cut + 1)}[${at}]`;
    return { ...doubt, layer: name.slice(0, cut), value, recorded: ours?.[at] ?? null, replayed: theirs[at]! };
  }
  return { ...doubt, note: 'the kept checkpoint holds the replayed weights: the recorded hash is what was changed' };
}
