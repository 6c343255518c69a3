// States to measure: those of the tiny run at the end of each epoch, with what the run itself found out about them.
import type { DataSet, EpochMeasured, Recipe } from '../../../trainer/index.ts';
import { decodeCheckpoint, parseRecipe } from '../../../trainer/index.ts';
import { createReferenceEngine } from '../../../trainer/kernels/reference/engine.ts';
import { metricTask } from '../../../trainer/metrics/index.ts';
import { type Measuring, type MeasuringOptions, openMeasuring } from '../../../trainer/metrics/measuring.ts';
import type { MetricValues, Part } from '../../../trainer/metrics/metric.ts';
import { dataset, ofType, record, tickingClock } from '../recorded.ts';
import { tinyRecipe } from '../syntheticDataSet.ts';

export const recipe: Recipe = parseRecipe(tinyRecipe);

const facts = await record();

export const epochs: { epoch: number; state: ReturnType<typeof decodeCheckpoint>['state']; recorded: EpochMeasured['data'] }[] = ofType(
  facts,
  'EpochMeasured',
).map(({ data }) => {
  const taken = ofType(facts, 'CheckpointTaken').find((fact) => fact.data.epoch === data.epoch && fact.data.reason === 'last');
  return { epoch: data.epoch, state: decodeCheckpoint(taken!.blob).state, recorded: data };
});

export const reference = (options: Partial<MeasuringOptions> = {}, of: Recipe = recipe, images: DataSet = dataset): Measuring =>
  openMeasuring(of, images, { clock: tickingClock(), engine: (spec) => createReferenceEngine(spec), ...options });

/** Of the second epoch unless another is given. */
export function measured(
  measuring: Measuring,
  name: string,
  { part = 'validation', augment, at = epochs[1]! }: { part?: Part; augment?: Recipe['augment']; at?: (typeof epochs)[number] } = {},
): Promise<MetricValues> {
  return measuring.measure(at, metricTask(name, part, { augment: augment ?? recipe.augment }, augment !== undefined));
}
