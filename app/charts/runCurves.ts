// The curves of one run: accuracy, loss, learning rate. Validation solid, training dashed, the best epoch a ring.
import { learningRate, accuracy as printAccuracy, loss as printLoss } from '../../views/format/metric.ts';
import type { EpochPoint, RateChange, StepPoint } from '../web/queries/history.ts';
import type { Chart, LegendEntry, Value } from './chart.ts';
import { type LinePlot, linesOption } from './lines.ts';
import { type RateCurve, rateCurve, rateLabel, rateScale, startOf } from './rateCurve.ts';
import type { Curve } from './series.ts';

export interface RunCourse {
  /** Planned. */
  epochs: number;
  stepsPerEpoch: number;
  bestEpoch: number | null;
  points: EpochPoint[];
  /** Empty where epochs are many. */
  steps: StepPoint[];
}

const scaled = (value: Value): Value => (value === null ? null : value * 100);

interface Measure {
  name: string;
  title: string;
  unit: string;
  /** As they are drawn. */
  training(point: EpochPoint): Value;
  validation(point: EpochPoint): Value;
  step(point: StepPoint): Value;
  print(drawn: Value): string;
  values: string;
  bestMarked: boolean;
}

const accuracy: Measure = {
  name: 'accuracy',
  title: 'Accuracy',
  unit: '%',
  training: (point) => scaled(point.trainAccuracy),
  validation: (point) => scaled(point.valAccuracy),
  step: (point) => scaled(point.accuracy),
  print: (drawn) => printAccuracy(drawn === null ? null : drawn / 100),
  values: '@fixed 1| %',
  bestMarked: true,
};

const loss: Measure = {
  name: 'loss',
  title: 'Loss',
  unit: 'cross-entropy, nats',
  training: (point) => point.trainLoss,
  validation: (point) => point.valLoss,
  step: (point) => point.loss,
  print: printLoss,
  values: '@fixed 3',
  bestMarked: false,
};

export const accuracyChart = (course: RunCourse): Chart => measureChart(course, accuracy);
export const lossChart = (course: RunCourse): Chart => measureChart(course, loss);

function measureChart(course: RunCourse, measure: Measure): Chart {
  const last = course.points.at(-1);
  const best = measure.bestMarked ? course.points.find(({ epoch }) => epoch === course.bestEpoch) : undefined;
  return {
    name: measure.name,
    title: measure.title,
    unit: measure.unit,
    finding: finding(measure, last, best),
    legend: [
      { text: 'validation', category: 1, mark: 'line' },
      { text: course.steps.length > 0 ? 'training, by steps' : 'training', category: 1, mark: 'training' },
      ...(best === undefined ? [] : [{ text: `best, epoch ${best.epoch}`, category: 1, mark: 'hollow' } satisfies LegendEntry]),
    ],
    shape: 'one',
    option: (size) => linesOption(plot(course, measure, best), size),
    table: () => ({
      columns: ['epoch', `validation ${measure.name}, ${measure.unit}`, `training ${measure.name}, ${measure.unit}`],
      rows: course.points.map((point) => [point.epoch, measure.validation(point), measure.training(point)]),
    }),
  };
}

function finding(measure: Measure, last: EpochPoint | undefined, best: EpochPoint | undefined): string {
  if (last === undefined) return `${measure.title}: no epoch has been measured yet`;
  const unit = measure.unit === '%' ? ' %' : '';
  const at = `training ${measure.print(measure.training(last))}${unit}, validation ${measure.print(measure.validation(last))}${unit}`;
  const peak = best === undefined ? '' : `; best ${measure.print(measure.validation(best))}${unit} at epoch ${best.epoch}`;
  return `${measure.title} by epoch, at epoch ${last.epoch}: ${at}${peak}`;
}

function plot(course: RunCourse, measure: Measure, best: EpochPoint | undefined): LinePlot {
  const fine = course.steps.length > 0;
  const last = course.points.at(-1);
  const training: Curve = {
    name: 'training',
    category: 1,
    style: 'training',
    points: fine
      ? course.steps.map((point) => [point.at, measure.step(point)] as const)
      : course.points.map((point) => [point.epoch, measure.training(point)] as const),
    ...(last && { label: `train ${measure.print(measure.training(last))}` }),
  };
  const validation: Curve = {
    name: 'validation',
    category: 1,
    style: 'line',
    points: course.points.map((point) => [point.epoch, measure.validation(point)] as const),
    ...(last && { label: `val ${measure.print(measure.validation(last))}` }),
    ...(best && { ring: [best.epoch, measure.validation(best) as number] as const }),
  };
  return {
    curves: [training, validation],
    epochs: { first: fine ? 0 : 1, last: course.epochs },
    y: { scale: 'linear', ticks: '@number', values: measure.values },
  };
}

/** A step of the line for each change, and the line itself where the rate moves in between; up to nine changes are numbered as in the table of reasons. */
export function learningRateChart(course: RunCourse, changes: readonly RateChange[]): Chart {
  const curve = rateCurve({ ...course, changes });
  const scale = rateScale([curve]);
  const label = rateLabel(curve);
  const numbered = changes.length > 1 && changes.length <= 9;
  return {
    name: 'learning-rate',
    title: 'Learning rate',
    unit: scale.scale === 'log' ? 'log scale' : '',
    finding: rateFinding(curve, changes),
    legend: [],
    ...(numbered ? { caption: 'Numbers refer to the reasons below, in order.' } : {}),
    shape: 'one',
    option: (size) =>
      linesOption(
        {
          curves: [
            {
              name: 'learning rate',
              category: 1,
              style: 'line',
              stepped: curve.stepped,
              points: curve.points,
              ...(label !== undefined && { label }),
              ...(numbered
                ? { marks: changes.map((change, index) => [startOf(change, course.stepsPerEpoch), change.to, String(index + 1)] as const) }
                : {}),
            },
          ],
          epochs: { first: 0, last: course.epochs },
          y: { ...scale, ticks: '@rate', values: '@rate' },
        },
        size,
      ),
    table: () => ({
      columns: ['first step at this rate', 'epoch', 'learning rate', 'schedule', 'why'],
      rows: changes.map((change) => [change.step, change.epoch, change.to, change.schedule, change.why]),
    }),
  };
}

function rateFinding({ stepped, newest }: RateCurve, changes: readonly RateChange[]): string {
  if (newest === null) return 'Learning rate: the run has not started yet';
  const course = `Learning rate by epoch: from ${learningRate(changes[0]?.to)} to ${learningRate(newest)}`;
  if (stepped) return `${course} in ${changes.length - 1} changes`;
  return `${course}, from step to step in ${changes.length} ${changes.length === 1 ? 'phase' : 'phases'}`;
}
