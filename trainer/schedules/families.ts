// All schedules by name, but for the sequence of them.
import { type Constant, constant } from './constant.ts';
import { type CosineAnnealingLR, cosineAnnealingLR } from './cosineAnnealingLR.ts';
import { type CosineAnnealingWarmRestarts, cosineAnnealingWarmRestarts } from './cosineAnnealingWarmRestarts.ts';
import { type ExponentialLR, exponentialLR } from './exponentialLR.ts';
import { type LinearLR, linearLR } from './linearLR.ts';
import { type MultiStepLR, multiStepLR } from './multiStepLR.ts';
import { type OneCycleLR, oneCycleLR } from './oneCycleLR.ts';
import { type PolynomialLR, polynomialLR } from './polynomialLR.ts';
import { type ReduceLROnPlateau, reduceLROnPlateau } from './reduceLROnPlateau.ts';
import type { ScheduleFamily } from './schedule.ts';
import { type StepLR, stepLR } from './stepLR.ts';

export type PlainSchedule =
  | Constant
  | StepLR
  | MultiStepLR
  | ExponentialLR
  | CosineAnnealingLR
  | CosineAnnealingWarmRestarts
  | LinearLR
  | PolynomialLR
  | OneCycleLR
  | ReduceLROnPlateau;

type Families = { [T in PlainSchedule['type']]: ScheduleFamily<Extract<PlainSchedule, { type: T }>> };

const families: Families = {
  constant,
  stepLR,
  multiStepLR,
  exponentialLR,
  cosineAnnealingLR,
  cosineAnnealingWarmRestarts,
  linearLR,
  polynomialLR,
  oneCycleLR,
  reduceLROnPlateau,
};

export const plainFamilies = families as unknown as Readonly<Record<PlainSchedule['type'], ScheduleFamily<PlainSchedule>>>;

/** Schemas of the schedules that can be a part of a sequence. */
export const partSchemas = Object.fromEntries(
  Object.entries(plainFamilies).flatMap(([type, { part }]) => (part === undefined ? [] : [[type, part]])),
);
