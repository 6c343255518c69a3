// How a run begins and ends, as facts.

import type { Checkpoint } from '../checkpoint.ts';
import { RunledgerError } from '../errors.ts';
import type { CheckpointTaken, EarlyEnd, EpochMeasured, Metrics, RunCompleted, RunFailed, RunStarted, RunStopped } from '../facts.ts';
import { describeHost } from '../host.ts';
import { withAverages } from '../measures/averages.ts';
import { evaluate } from '../measures/evaluation.ts';
import { NUMERICS } from '../numerics.ts';
import { checkpointTaken } from './checkpointTaken.ts';
import { hashWeights } from './epoch.ts';
import { noted, type Run, secondsSince } from './run.ts';

export function runStarted(run: Run): RunStarted {
  const { recipe, dataset, preparation, engine, threads, options } = run;
  const { network, split, standardize, stepsPerEpoch } = preparation;
  return noted(run, {
    type: 'RunStarted',
    data: {
      recipe,
      numerics: NUMERICS,
      datasetFingerprint: dataset.fingerprint,
      classes: dataset.classes,
      samples: { train: split.train.length, validation: split.validation.length, test: dataset.test.count },
      standardize,
      parameterCount: network.parameterCount,
      flopsPerSample: network.flopsPerSample,
      stepsPerEpoch,
      layers: network.layers.map(({ name, layer, input, output, parameters, flops }) => ({
        name,
        kind: layer.kind,
        input: [...input],
        output: [...output],
        parameters: parameters.reduce((sum, { count }) => sum + count, 0),
        flops,
      })),
    },
    measured: { runledger: options.version, ...describeHost(), threads, backend: engine.backend },
  });
}

/** A checkpoint, then RunStopped. `cut` tells how far an epoch is that is cut short. */
export function* runStopped(run: Run, cut: Pick<Checkpoint, 'progress' | 'suspect'>): Generator<CheckpointTaken | RunStopped> {
  const { engine, options, position, startedAt } = run;
  yield checkpointTaken(run, 'stop', cut, engine.readState());
  const seconds = secondsSince(startedAt, options);
  yield { type: 'RunStopped', data: { ...position, ...stopReason(options.signal?.reason) }, measured: { seconds } };
}

function stopReason(reason: unknown): { by: string; why: string } {
  const { by, why } = (typeof reason === 'object' && reason !== null ? reason : {}) as { by?: unknown; why?: unknown };
  return { by: typeof by === 'string' ? by : 'user', why: typeof why === 'string' ? why : 'asked to stop' };
}

/** Tests the last and the best weights, and sums the run up. The engine holds the best weights afterwards. */
export async function runCompleted(run: Run, last: EpochMeasured['data'], early: EarlyEnd | null): Promise<RunCompleted> {
  const { recipe, engine, options, position, startedAt, fingerprint } = run;
  const best = run.best!;
  const lastTest = await test(run);
  const averagedTest = recipe.ema === undefined ? null : await withAverages(engine, () => test(run));
  const weightsSha256 = hashWeights(run, engine.readState());
  let bestTest = lastTest;
  if (best.epoch !== last.epoch) {
    engine.writeState(best.state);
    bestTest = await test(run);
  }
  const data = {
    epochs: last.epoch,
    steps: position.step,
    final: { train: last.train, validation: last.validation, test: lastTest },
    best: { epoch: best.epoch, validation: best.validation, test: bestTest },
    ...(averagedTest && last.validationAveraged && { averaged: { validation: last.validationAveraged, test: averagedTest } }),
    weightsSha256,
  };
  fingerprint.add({ type: 'RunCompleted', data });
  return {
    type: 'RunCompleted',
    data: { ...data, fingerprint: fingerprint.digest(), ...(early !== null && { early }) },
    measured: { seconds: secondsSince(startedAt, options) },
  };
}

async function test({ recipe, dataset, engine, preparation, turn }: Run): Promise<Metrics> {
  const samples = Uint32Array.from({ length: dataset.test.count }, (_, i) => i);
  const task = { part: 'test', statistics: 'running', samples, labels: dataset.test.labels } as const;
  const result = await evaluate(engine, { ...task, classes: preparation.network.classes, batch: recipe.batch }, turn);
  return result.metrics;
}

/** A failure at a place that is a layer's name is that layer's. */
export function runFailed(error: unknown, position: Run['position'], layers: readonly string[], seconds: number): RunFailed {
  const { code, message, help, place } =
    error instanceof RunledgerError ? error : { code: 'train.crashed', message: String(error), help: undefined, place: undefined };
  const layer = place !== undefined && layers.includes(place) ? place : null;
  return { type: 'RunFailed', data: { code, message, help: help ?? null, ...position, layer }, measured: { seconds } };
}
