// Learned state in and out of a reference engine, as copies in binary32.
import type { BatchNormState, EngineState } from '../../engine.ts';
import { RunledgerError } from '../../errors.ts';
import type { Values } from '../../numbers/numbers.ts';
import type { Learned } from './layers/layer.ts';

export function copyValues(values: ReadonlyMap<string, Values>): Map<string, Float32Array> {
  return new Map([...values].map(([name, array]) => [name, Float32Array.from(array)]));
}

export function readState(learned: Learned, slots: ReadonlyMap<string, Values>): EngineState {
  const batchNorm = new Map<string, BatchNormState>();
  for (const [layer, { runningMean, runningVariance, batchMean, batchVariance, batchesTracked }] of learned.batchNorm) {
    batchNorm.set(layer, {
      runningMean: Float32Array.from(runningMean),
      runningVariance: Float32Array.from(runningVariance),
      batchMean: Float32Array.from(batchMean),
      batchVariance: Float32Array.from(batchVariance),
      ...(batchesTracked !== undefined && { batchesTracked }),
    });
  }
  return { parameters: copyValues(learned.parameters), optimizer: copyValues(slots), batchNorm };
}

/**
 * Replaces parameters, statistics and slots in place. Slots that the state lacks are taken away; those that nobody `keeps`, because another
 * optimizer had them, are left behind.
 */
export function writeState(
  state: EngineState,
  learned: Learned,
  slots: Map<string, Values>,
  keeps: (slot: string) => boolean,
  copy: (values: Float32Array) => Values,
): void {
  const replace = (what: string, from: Float32Array | undefined, to: Values) => {
    if (from?.length !== to.length) throw misfit(what, from?.length, to.length);
    to.set(from);
  };
  for (const [name, values] of learned.parameters) replace(name, state.parameters.get(name), values);
  for (const [layer, statistics] of learned.batchNorm) {
    const from = state.batchNorm.get(layer);
    for (const key of ['runningMean', 'runningVariance', 'batchMean', 'batchVariance'] as const) {
      replace(`${layer}/${key}`, from?.[key], statistics[key]);
    }
    if (statistics.batchesTracked !== undefined) statistics.batchesTracked = from?.batchesTracked ?? 0;
  }
  for (const [name, values] of state.optimizer) {
    const expected = learned.parameters.get(name.slice(0, name.lastIndexOf('/')))?.length;
    if (values.length !== expected) throw misfit(name, values.length, expected ?? 0);
  }
  slots.clear();
  for (const [name, values] of state.optimizer) if (keeps(name)) slots.set(name, copy(values));
}

function misfit(what: string, received: number | undefined, expected: number): RunledgerError {
  const got = received === undefined ? 'nothing' : `${received} values`;
  return new RunledgerError('engine.state', `the state has ${got} for ${what}, and the network has ${expected}`, {
    help: 'resume with the recipe that wrote the checkpoint',
    place: what,
  });
}
