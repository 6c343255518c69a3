// The quantities that groups are compared by: what is drawn of an epoch, and how it is printed.
import { accuracy, loss } from '../../views/format/metric.ts';
import type { EpochPoint, StepPoint } from '../web/queries/history.ts';
import type { Value } from './chart.ts';

export interface Measure {
  name: string;
  title: string;
  unit: string;
  /** As drawn. */
  pick(point: EpochPoint): Value;
  /** Of a bucket of steps, for what training measures all the time. */
  step?(point: StepPoint): Value;
  print(drawn: Value): string;
  values: string;
  training?: boolean;
}

const scaled = (value: Value): Value => (value === null ? null : value * 100);
const printShare = (drawn: Value): string => accuracy(drawn === null ? null : drawn / 100);

export const validationAccuracy: Measure = {
  name: 'validation-accuracy',
  title: 'Validation accuracy',
  unit: '%',
  pick: (point) => scaled(point.valAccuracy),
  print: printShare,
  values: '@fixed 1| %',
};
export const trainingAccuracy: Measure = {
  name: 'training-accuracy',
  title: 'Training accuracy',
  unit: '%',
  pick: (point) => scaled(point.trainAccuracy),
  step: (point) => scaled(point.accuracy),
  print: printShare,
  values: '@fixed 1| %',
  training: true,
};
export const validationLoss: Measure = {
  name: 'validation-loss',
  title: 'Validation loss',
  unit: 'cross-entropy, nats',
  pick: (point) => point.valLoss,
  print: loss,
  values: '@fixed 3',
};
