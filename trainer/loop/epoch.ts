// One epoch: its steps, then what is measured of it.

import type { EngineState } from '../engine.ts';
import type { Fact, LearningRateChanged, Metrics, StepsMeasured } from '../facts.ts';
import { hashFloats } from '../floatBytes.ts';
import { withAverages } from '../measures/averages.ts';
import { measureBatchNorm } from '../measures/batchNorm.ts';
import { createEpochMeter, type EpochProgress, means, type StepsBlock } from '../measures/epochMeter.ts';
import { countCorrect, evaluate } from '../measures/evaluation.ts';
import { firstNonFiniteLayer, gradientNorm, layerGradientNorms } from '../measures/gradients.ts';
import { measureParameters } from '../measures/parameters.ts';
import { epochOrder } from '../random/draws.ts';
import { type Course, type EpochRates, isWatched, type RateChange } from '../schedules/course.ts';
import { watchPlateau } from '../schedules/plateau.ts';
import { checkpointTaken } from './checkpointTaken.ts';
import { watchPatience } from './early.ts';
import { nonFinite } from './nonFinite.ts';
import { fromTheStart, type Standing } from './origin.ts';
import { createReporter } from './progress.ts';
import { isStopped, noted, type Run, secondsSince } from './run.ts';

/** An epoch's training, before anything is evaluated. */
export interface TrainedEpoch {
  progress: EpochProgress;
  /** Layer whose gradient stopped being finite. */
  suspect: string | null;
  /** Asked to stop before the last step; then nothing of the epoch is measured. */
  stopped: boolean;
  /** Sum of squares a parameter of the last step's gradient. */
  squaredGradients: Float64Array;
  /** Samples that `seconds` are for: those before a cut are not among them. */
  samples: number;
  startedAt: number;
  seconds: number;
}

/**
 * Takes the epoch's steps, or those that are left of an epoch that was cut short, and yields StepsMeasured, and LearningRateChanged before the
 * first step at a rate; throws `train.nonFinite` where the loss stops being a number.
 */
export async function* trainEpoch(
  run: Run,
  epoch: number,
  { rates, changes }: EpochRates,
  cut: Pick<Standing, 'progress' | 'suspect'>,
): AsyncGenerator<StepsMeasured | LearningRateChanged, TrainedEpoch> {
  const { recipe, dataset, options, preparation, engine, position } = run;
  const { stepsPerEpoch, imagesPerStep, imagesPerEpoch, split, network } = preparation;
  const order = epochOrder(recipe.seed, epoch, split.train).subarray(0, imagesPerEpoch);
  const meter = createEpochMeter(stepsPerEpoch, recipe.record.stepsPerEpoch, cut.progress);
  const startedAt = options.clock();
  let blockStartedAt = startedAt;
  const { steps: first, samples: samplesBefore } = meter.progress.sums;
  const report = createReporter(run, startedAt, samplesBefore);
  const squaredGradients = new Float64Array(network.parameters.length);
  let { suspect } = cut;

  const stepsMeasured = (block: StepsBlock): StepsMeasured => {
    const seconds = secondsSince(blockStartedAt, options);
    blockStartedAt = options.clock();
    return noted(run, { type: 'StepsMeasured', data: { epoch, ...block.data }, measured: { seconds }, arrays: block.arrays });
  };

  for (let i = first; i < stepsPerEpoch; i++) {
    if (i > first && isStopped(run)) break;
    const change = changes.get(i);
    if (change !== undefined) yield learningRateChanged(run, epoch, change);
    const rate = rates[i]!;
    const samples = order.subarray(i * imagesPerStep, (i + 1) * imagesPerStep);
    position.epoch = epoch;
    position.step += 1;
    const { step } = position;
    const results = engine.trainStep({ samples, epoch, step, learningRate: rate });
    squaredGradients.set(results.squaredGradients);
    const { loss, block } = meter.add({
      step,
      losses: results.losses,
      correct: countCorrect(results.predictions, samples, dataset.train.labels),
      learningRate: rate,
      gradientNorm: gradientNorm(squaredGradients),
    });
    if (block !== null) yield stepsMeasured(block);
    if (!Number.isFinite(loss)) {
      const open = meter.flush();
      if (open !== null) yield stepsMeasured(open);
      throw await nonFinite(run, { epoch, loss, order, rates, first, failed: i, suspect });
    }
    suspect ??= firstNonFiniteLayer(network, squaredGradients);
    report(meter.progress, rate);
    await run.turn();
  }
  const stopped = meter.progress.sums.steps < stepsPerEpoch;
  const samples = meter.progress.sums.samples - samplesBefore;
  return { progress: meter.progress, suspect, stopped, squaredGradients, samples, startedAt, seconds: secondsSince(startedAt, options) };
}

function learningRateChanged(run: Run, epoch: number, { from, to, why }: RateChange): LearningRateChanged {
  const data = { epoch, step: run.position.step + 1, from, to, schedule: run.recipe.schedule.type, why };
  return noted(run, { type: 'LearningRateChanged', data, measured: {} });
}

/** Evaluates a trained epoch and yields its facts, the checkpoints last. `rate` is that of its last step. */
export async function* measureEpoch(run: Run, epoch: number, rate: number, trained: TrainedEpoch): AsyncGenerator<Fact> {
  const { recipe, dataset, preparation, engine, options, position } = run;
  const { network, split } = preparation;
  // Read before anything is evaluated, while gradients and batch statistics are those of the last step.
  const state = engine.readState();
  const gradients = recipe.record.parameters ? engine.readGradients() : null;
  const task = {
    part: 'train',
    samples: split.validation,
    labels: dataset.train.labels,
    classes: network.classes,
    batch: recipe.batch,
  } as const;
  const running = await evaluate(engine, { ...task, statistics: 'running' }, run.turn);
  const averaged =
    recipe.ema === undefined ? null : await withAverages(engine, () => evaluate(engine, { ...task, statistics: 'running' }, run.turn));
  const batch = state.batchNorm.size > 0 ? await evaluate(engine, { ...task, statistics: 'batch' }, run.turn) : null;

  const validation = running.metrics;
  const isBest = run.best === null || validation.accuracy > run.best.validation.accuracy;
  if (isBest) run.best = { epoch, validation, state };
  const best = run.best!;
  const { sums } = trained.progress;
  yield noted(run, {
    type: 'EpochMeasured',
    data: {
      epoch,
      step: position.step,
      train: means(trained.progress),
      validation,
      validationBatchStatistics: batch?.metrics ?? null,
      ...(averaged && { validationAveraged: averaged.metrics }),
      confusion: running.confusion,
      learningRate: rate,
      gradientNorm: sums.gradientNorm / sums.steps,
      layerGradientNorms: layerGradientNorms(network, trained.squaredGradients),
      weightsSha256: hashWeights(run, state),
      best: { epoch: best.epoch, validationAccuracy: best.validation.accuracy },
    },
    measured: {
      seconds: secondsSince(trained.startedAt, options),
      trainSeconds: trained.seconds,
      samplesPerSecond: trained.samples / trained.seconds,
    },
  });
  const batchNorm = measureBatchNorm(epoch, state);
  if (batchNorm !== null) yield noted(run, batchNorm);
  if (gradients !== null) yield noted(run, measureParameters(epoch, state.parameters, gradients));
  watch(run, epoch, validation);
  run.epochStart = state;
  const taken = checkpointTaken(run, 'last', fromTheStart, state);
  // The best one first: whoever finds the newest checkpoint of an epoch knows then that nothing of the epoch is missing.
  if (isBest) yield { ...taken, data: { ...taken.data, reason: 'best' } };
  yield taken;
}

/** Moves the rules that look back by an epoch. */
function watch(run: Run, epoch: number, validation: Metrics): void {
  const { schedule, stop } = run.recipe;
  if (run.plateau !== null && schedule.type === 'reduceLROnPlateau' && isWatched(courseOf(run), epoch)) {
    run.plateau = watchPlateau(schedule, run.plateau, validation);
  }
  if (run.patience !== null && stop !== undefined) run.patience = watchPatience(stop, run.patience, validation);
}

/** What decides the run's rates. */
export function courseOf({ recipe, preparation }: Pick<Run, 'recipe' | 'preparation'>): Course {
  const { schedule, optimizer, epochs } = recipe;
  return { schedule, lr: optimizer.lr, epochs, stepsPerEpoch: preparation.stepsPerEpoch };
}

/** SHA-256 of the parameters in network order. */
export function hashWeights({ preparation }: Run, { parameters }: EngineState): string {
  return hashFloats(preparation.network.parameters.map(({ name }) => parameters.get(name)!));
}
