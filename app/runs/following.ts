// What is known of a run while it trains, folded from its facts: the numbers a live display shows. Pure, the clock is passed in.
import type { EpochMeasured, Fact, Progress, RunStarted } from '../../trainer/index.ts';
import type { RecordedFact } from './line.ts';

export interface Following {
  started: RunStarted | null;
  /** When the first fact came and when the newest, milliseconds. */
  startedAt: number | null;
  heardAt: number | null;
  /** Steps done over the whole run, and how many of them before `startedAt`. */
  step: number;
  stepBefore: number;
  /** The epoch under way, or the last one. */
  epoch: number;
  learningRate: number | null;
  /** Means over the epoch so far; null before the first. */
  training: { loss: number; accuracy: number } | null;
  epochs: EpochMeasured[];
  /** Over the epoch so far; null before the first. */
  imagesPerSecond: number | null;
}

export const nothingYet: Following = {
  started: null,
  startedAt: null,
  heardAt: null,
  step: 0,
  stepBefore: 0,
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
    case 'StepsMeasured':
      return { ...next, step: fact.data.lastStep, epoch: fact.data.epoch };
    case 'EpochMeasured':
      return {
        ...next,
        step: fact.data.step,
        epoch: fact.data.epoch,
        learningRate: fact.data.learningRate,
        training: fact.data.train,
        epochs: [...state.epochs, fact],
        imagesPerSecond: fact.measured.samplesPerSecond,
      };
    default:
      return next;
  }
}

/** The state of a run that goes on after these facts. */
export function followOn(line: readonly RecordedFact[], now: number): Following {
  const state = line.reduce((before, fact) => follow(before, fact as unknown as Fact, now), nothingYet);
  return { ...state, startedAt: now, heardAt: now, stepBefore: state.step };
}

/** The state after news from within an epoch. */
export function advance(
  state: Following,
  { epoch, step, loss, accuracy, learningRate, samplesPerSecond }: Progress,
  now: number,
): Following {
  return { ...state, heardAt: now, epoch, step, learningRate, training: { loss, accuracy }, imagesPerSecond: samplesPerSecond };
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
  const taken = state.step - state.stepBefore;
  if (state.startedAt === null || state.heardAt === null || taken === 0) return null;
  const perStep = (state.heardAt - state.startedAt) / taken;
  const expected = ((plannedSteps(state) - state.step) * perStep - (now - state.heardAt)) / 1000;
  return Math.max(0, expected);
}
