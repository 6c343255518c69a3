// Gathers the steps of one epoch: means over the epoch, and the points and blocks of StepsMeasured.
// Where points and blocks end depends on step numbers alone, so the record is the same on every machine. All sums in double, in sample order.
import type { Metrics, StepsMeasured } from '../facts.ts';
import { packSeries } from './series.ts';

/** Blocks an epoch, so that a page can grow within one. */
const blocksPerEpoch = 4;

const seriesNames = ['lossMean', 'lossMin', 'lossMax', 'accuracy', 'learningRate', 'gradientNorm'] as const;

/** One optimizer step as measured. */
export interface StepMeasure {
  /** From 1, over the whole run. */
  step: number;
  /** Loss a sample, (N). */
  losses: Float32Array;
  /** Samples predicted rightly. */
  correct: number;
  learningRate: number;
  gradientNorm: number;
}

interface Sums {
  steps: number;
  samples: number;
  correct: number;
  loss: number;
  gradientNorm: number;
}

/** Steps that wait for the end of their point; step and rate are those of the last one. */
interface Point extends Sums {
  lossMin: number;
  lossMax: number;
  step: number;
  learningRate: number;
}

/** Points that wait for the end of their block. */
interface Block {
  firstStep: number;
  steps: number[];
  series: Record<(typeof seriesNames)[number], number[]>;
}

/** An epoch under way, as plain data: what a checkpoint in mid-epoch keeps. */
export interface EpochProgress {
  sums: Sums;
  point: Point | null;
  block: Block | null;
}

export type StepsBlock = Pick<StepsMeasured, 'arrays'> & { data: Omit<StepsMeasured['data'], 'epoch'> };

export interface EpochMeter {
  readonly progress: EpochProgress;
  /** Takes a step; gives its mean loss, and the block that ends with it or null. */
  add(measure: StepMeasure): { loss: number; block: StepsBlock | null };
  /** Ends the open point and block before their time, where a run fails; null if nothing is open. */
  flush(): StepsBlock | null;
}

const noSums = (): Sums => ({ steps: 0, samples: 0, correct: 0, loss: 0, gradientNorm: 0 });

/** Takes a step into both sums and gives its mean loss; each sum on its own goes sample by sample. */
function include(epoch: Sums, point: Sums, { losses, correct, gradientNorm }: StepMeasure): number {
  let [ofEpoch, ofPoint, ofStep] = [epoch.loss, point.loss, 0];
  for (let i = 0; i < losses.length; i++) {
    const loss = losses[i]!;
    ofEpoch += loss;
    ofPoint += loss;
    ofStep += loss;
  }
  epoch.loss = ofEpoch;
  point.loss = ofPoint;
  for (const sums of [epoch, point]) {
    sums.steps += 1;
    sums.samples += losses.length;
    sums.correct += correct;
    sums.gradientNorm += gradientNorm;
  }
  return ofStep / losses.length;
}

/** Loss and accuracy over the samples of the epoch so far. */
export function means({ sums }: EpochProgress): Metrics {
  return { loss: sums.loss / sums.samples, accuracy: sums.correct / sums.samples };
}

/** Whether the `n`th of `count` things is the last of one of `parts` parts of nearly equal length. */
function endsPart(n: number, count: number, parts: number): boolean {
  return Math.floor((n * parts) / count) > Math.floor(((n - 1) * parts) / count);
}

/** A meter for an epoch of `stepsPerEpoch` steps, recorded in at most `points` points; it goes on from `cut` where the epoch was cut short. */
export function createEpochMeter(stepsPerEpoch: number, points: number | 'every', cut: EpochProgress | null = null): EpochMeter {
  const pointCount = points === 'every' ? stepsPerEpoch : Math.min(points, stepsPerEpoch);
  const blockCount = Math.min(blocksPerEpoch, pointCount);
  const progress: EpochProgress = cut === null ? { sums: noSums(), point: null, block: null } : structuredClone(cut);

  function endPoint(point: Point): Block {
    const series = { lossMean: [], lossMin: [], lossMax: [], accuracy: [], learningRate: [], gradientNorm: [] };
    const block: Block = progress.block ?? { firstStep: point.step - point.steps + 1, steps: [], series };
    block.steps.push(point.step);
    block.series.lossMean.push(point.loss / point.samples);
    block.series.lossMin.push(point.lossMin);
    block.series.lossMax.push(point.lossMax);
    block.series.accuracy.push(point.correct / point.samples);
    block.series.learningRate.push(point.learningRate);
    block.series.gradientNorm.push(point.gradientNorm / point.steps);
    progress.point = null;
    progress.block = block;
    return block;
  }

  function endBlock({ firstStep, steps, series }: Block): StepsBlock {
    progress.block = null;
    const { index, arrays } = packSeries(seriesNames.map((name) => [name, series[name]]));
    return { data: { firstStep, lastStep: steps.at(-1)!, steps, arrays: index }, arrays };
  }

  return {
    progress,
    add(measure) {
      const { step, learningRate } = measure;
      const [lossMin, lossMax] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
      const point = progress.point ?? { ...noSums(), lossMin, lossMax, step, learningRate };
      const loss = include(progress.sums, point, measure);
      point.lossMin = Math.min(point.lossMin, loss);
      point.lossMax = Math.max(point.lossMax, loss);
      point.step = step;
      point.learningRate = learningRate;
      progress.point = point;
      const done = progress.sums.steps;
      if (!endsPart(done, stepsPerEpoch, pointCount)) return { loss, block: null };
      const block = endPoint(point);
      const pointsDone = Math.floor((done * pointCount) / stepsPerEpoch);
      return { loss, block: endsPart(pointsDone, pointCount, blockCount) ? endBlock(block) : null };
    },
    flush() {
      const block = progress.point === null ? progress.block : endPoint(progress.point);
      return block === null ? null : endBlock(block);
    },
  };
}
