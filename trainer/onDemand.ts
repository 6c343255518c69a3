// What needs the generated engine, which is loaded when one of these is called: most of the application names recipes, facts and errors and
// never trains, and its start (every command's, the ledger thread's) should not wait for kernels.
import type { DataSet } from './data/images.ts';
import type { Fact } from './facts.ts';
import type { Machine } from './kernels/machine.ts';
import type { TrainOptions } from './loop/run.ts';
import type { MetricTask } from './metrics/index.ts';
import type { Measuring, MeasuringOptions } from './metrics/measuring.ts';
import type { Asked, Part } from './metrics/metric.ts';
import type { Network } from './network.ts';
import type { Arithmetic, Recipe } from './recipe.ts';

/** Loads what `train` needs for a run on `threads` threads, and starts them, for whoever will train and has time before. */
export async function expectRun(threads: number): Promise<void> {
  await import('./loop.ts');
  const kernels = await import('./kernels/index.ts');
  kernels.expectRun(threads);
}

/** `train` of loop.ts: the facts of a run, in order. */
export async function* train(recipe: Recipe, dataset: DataSet, options: TrainOptions): AsyncGenerator<Fact, void, undefined> {
  const loop = await import('./loop.ts');
  yield* loop.train(recipe, dataset, options);
}

/** `describeMetrics` of metrics/index.ts: what can be measured after the fact. */
export async function describeMetrics(): Promise<{ name: string; description: string }[]> {
  const metrics = await import('./metrics/index.ts');
  return metrics.describeMetrics();
}

/** `metricTask` of metrics/index.ts: a metric with all that decides its values. */
export async function metricTask(name: string, part: Part, asked: Asked, otherPolicy: boolean): Promise<MetricTask> {
  const metrics = await import('./metrics/index.ts');
  return metrics.metricTask(name, part, asked, otherPolicy);
}

/** `openMeasuring` of metrics/measuring.ts: metrics of states of a run. */
export async function openMeasuring(recipe: Recipe, dataset: DataSet, options: MeasuringOptions): Promise<Measuring> {
  const measuring = await import('./metrics/measuring.ts');
  return measuring.openMeasuring(recipe, dataset, options);
}

/** `examineMachine` of kernels/machine.ts: what this machine gives the engine. */
export async function examineMachine(): Promise<Machine> {
  const machine = await import('./kernels/machine.ts');
  return machine.examineMachine();
}

/** `measurePeak` of kernels/peak.ts: GFLOP/s of multiply-adds alone. */
export async function measurePeak(threads: number, milliseconds: number, arithmetic?: Arithmetic): Promise<number> {
  const peak = await import('./kernels/peak.ts');
  return peak.measurePeak(threads, milliseconds, arithmetic);
}

/** `planMemory` of kernels/planMemory.ts: bytes that training a recipe takes, worked out without training. */
export async function planMemory(recipe: Recipe, network: Network, threads: number): Promise<number> {
  const plan = await import('./kernels/planMemory.ts');
  return plan.planMemory(recipe, network, threads);
}
