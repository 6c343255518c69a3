// A run as of one of its events: how far each series had come by then, and the run's figures as they stood.
import type { EventQueries } from '../queries/events.ts';
import type { RunRow } from '../queries/runs.ts';

/** `?at=N`: N is the event's version in the run's stream. */
export interface Moment {
  version: number;
  epoch: number;
  /** Last step measured. */
  step: number;
  batchNormEpoch: number;
  /** First step of the newest learning rate; 0 before the first. */
  rateStep: number;
  run: RunRow;
}

type Fields = Record<string, unknown>;
const number = (value: unknown): number | null => (value === null || value === undefined ? null : Number(value));

/** Null where the run stands at that event or before it already: then the page shows the run as it is. */
export function momentOf(events: EventQueries, run: RunRow, at: number | null): Moment | null {
  if (at === null || at >= events.newest(run.id)) return null;
  const last = (type: string) => events.last(run.id, type, at);
  const measured = last('EpochMeasured');
  const epoch = number(measured?.data.epoch) ?? 0;
  const [shown] = events.page(run.id, { before: at + 1, type: null }).rows;
  const seconds = run.startedAt === null || shown === undefined ? null : (Date.parse(shown.recordedAt) - Date.parse(run.startedAt)) / 1000;
  return {
    version: at,
    epoch,
    step: number(last('StepsMeasured')?.data.lastStep) ?? 0,
    batchNormEpoch: number(last('BatchNormMeasured')?.data.epoch) ?? 0,
    rateStep: number(last('LearningRateChanged')?.data.step) ?? 0,
    run: {
      ...run,
      ...notYet,
      ...figures(measured?.data ?? null),
      epochsDone: epoch,
      seconds: seconds !== null && seconds >= 0 ? seconds : null,
      status: last('RunStarted') === null ? 'queued' : 'running',
      samplesPerSecond: number(measured?.measured.samplesPerSecond),
    },
  };
}

/** What only the end of a run tells. */
const notYet = {
  endedAt: null,
  testLoss: null,
  testAccuracy: null,
  bestTestLoss: null,
  bestTestAccuracy: null,
  bestValLoss: null,
  fingerprint: null,
  error: null,
} satisfies Partial<RunRow>;

function figures(data: Fields | null) {
  const of = (part: string, field: string) => number((data?.[part] as Fields | null | undefined)?.[field]);
  return {
    trainLoss: of('train', 'loss'),
    trainAccuracy: of('train', 'accuracy'),
    valLoss: of('validation', 'loss'),
    valAccuracy: of('validation', 'accuracy'),
    bestEpoch: of('best', 'epoch'),
    bestValAccuracy: of('best', 'validationAccuracy'),
  } satisfies Partial<RunRow>;
}
