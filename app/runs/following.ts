// What is known of a run while it trains, folded from its facts: the numbers a live display shows. Pure, the clock is passed in.
import type { EpochMeasured, Fact, RunStarted } from '../../trainer/index.ts';

export interface Following {
  started: RunStarted | null;
  /** When the first fact came and when the newest, milliseconds. */
  startedAt: number | null;
  heardAt: number | null;
  /** Steps done over the whole run. */
  step: number;
  /** The epoch under way, or the last one. */
  epoch: number;
  learningRate: number | null;
  /** Of the newest point of steps; null before the first. */
  training: { loss: number; accuracy: number } | null;
  epochs: EpochMeasured[];
  /** Images a second over the newest block of steps; null before the first. */
  imagesPerSecond: number | null;
}

export const nothingYet: Following = {
  started: null,
  startedAt: null,
  heardAt: null,
  step: 0,
  epoch: 1,
  learningRate: null,
  training: null,
  epochs: [],
  imagesPerSecond: null,
};

/** The state after one more fact. */
export function follow(state: Following, fact: Fact, now: number): Following {
  const next = { ...state, heardAt: now };
  switch (fact.type) {
    case 'RunStarted':
      return { ...next, started: fact, startedAt: now };
    case 'LearningRateChanged':
      return { ...next, learningRate: fact.data.to };
    case 'StepsMeasured': {
      const { epoch, firstStep, lastStep } = fact.data;
      const batch = state.started?.data.recipe.batch ?? 0;
      return {
        ...next,
        step: lastStep,
        epoch,
        training: { loss: lastOf(fact, 'lossMean'), accuracy: lastOf(fact, 'accuracy') },
        imagesPerSecond: ((lastStep - firstStep + 1) * batch) / fact.measured.seconds,
      };
    }
    case 'EpochMeasured':
      return {
        ...next,
        step: fact.data.step,
        epoch: fact.data.epoch,
        training: fact.data.train,
        epochs: [...state.epochs, fact],
        imagesPerSecond: fact.measured.samplesPerSecond,
      };
    default:
      return next;
  }
}

/** Steps of the whole run; 0 before it has started. */
export function plannedSteps({ started }: Following): number {
  return started === null ? 0 : started.data.stepsPerEpoch * started.data.recipe.epochs;
}

/** From 0 to 1. */
export function progressOf(state: Following): number {
  const planned = plannedSteps(state);
  return planned === 0 ? 0 : state.step / planned;
}

/** Seconds left at the pace so far, evaluation included; null until there is a pace. */
export function secondsLeft(state: Following, now: number): number | null {
  if (state.startedAt === null || state.heardAt === null || state.step === 0) return null;
  const perStep = (state.heardAt - state.startedAt) / state.step;
  const expected = ((plannedSteps(state) - state.step) * perStep - (now - state.heardAt)) / 1000;
  return Math.max(0, expected);
}

function lastOf(fact: Extract<Fact, { type: 'StepsMeasured' }>, series: string): number {
  const index = fact.data.arrays[series];
  if (index === undefined) return Number.NaN;
  return fact.arrays[index.offset + index.shape.reduce((product, length) => product * length, 1) - 1] ?? Number.NaN;
}
