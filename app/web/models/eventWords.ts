// What an event says, in a line of a table. Types this page does not know are shown by their fields.

import { grouped } from '../../../views/format/identity.ts';
import { learningRate, loss, percent } from '../../../views/format/metric.ts';
import { bytes, integer, si } from '../../../views/format/number.ts';
import { duration, exactTime } from '../../../views/format/time.ts';
import type { EventRow } from '../queries/events.ts';

type Fields = Record<string, unknown>;
type Words = (data: Fields, measured: Fields) => string;

/** Stored JSON spells NaN and infinities. */
const number = (value: unknown): number | null => (value === null || value === undefined ? null : Number(value));
const fields = (value: unknown): Fields => (value ?? {}) as Fields;

const metrics = (value: unknown): string => `${loss(number(fields(value).loss))} / ${percent(number(fields(value).accuracy))}`;

/** Where a run keeps averages of its weights. */
const averagedWords = (value: unknown): string => (value === undefined ? '' : `, averaged weights ${metrics(value)}`);

const words: Record<string, Words> = {
  RunQueued: (data) => `${data.name ?? 'without a name'}, ${fields(data.recipe).dataset}, ${fields(data.recipe).epochs} epochs`,
  RunStarted: (data, measured) =>
    `${integer(number(data.parameterCount))} parameters, ${si(number(data.flopsPerSample), 'FLOP')} a sample, ${fields(data.recipe).arithmetic}, ${measured.backend}, threads ${measured.threads}`,
  StepsMeasured: (data) => `epoch ${data.epoch}, steps ${integer(number(data.firstStep))} to ${integer(number(data.lastStep))}`,
  EpochMeasured: (data, measured) =>
    `${data.epoch}: train ${metrics(data.train)}, val ${metrics(data.validation)}${averagedWords(data.validationAveraged)}, ${duration(number(measured.seconds))}`,
  BatchNormMeasured: (data) => `${layersOf(data.arrays).join(', ')} at epoch ${data.epoch}`,
  ParametersMeasured: (data) => `${Object.keys(fields(data.parameters)).length} parameters at epoch ${data.epoch}`,
  LearningRateChanged: (data) =>
    `${data.from === null ? '' : `${learningRate(number(data.from))} → `}${learningRate(number(data.to))}, ${data.why}`,
  CheckpointTaken: (data) =>
    `${data.reason}, epoch ${data.epoch}, step ${integer(number(data.step))}, ${bytes(number(data.bytes))}, sha256 ${grouped(String(data.sha256))}`,
  RunCompleted: (data) => {
    const [best, final] = [fields(data.best), fields(data.final)];
    const early = data.early === undefined ? '' : `; ended after epoch ${data.epochs}: ${fields(data.early).why}`;
    const last = percent(number(fields(final.validation).accuracy));
    return `best val acc ${percent(number(fields(best.validation).accuracy))} at epoch ${best.epoch}, last ${last}${averagedWords(fields(data.averaged).validation)}${early}`;
  },
  RunFailed: ({ message, epoch, step }) =>
    /\bstep \d/.test(String(message)) ? String(message) : `${message} (epoch ${epoch}, step ${integer(number(step))})`,
  RunStopped: (data) => `by ${data.by} at epoch ${data.epoch}, step ${integer(number(data.step))}: ${data.why}`,
  RunResumed: ({ attempt, checkpoint, epoch, step }) =>
    checkpoint == null
      ? `attempt ${attempt}, from the start`
      : `attempt ${attempt}, goes on after epoch ${epoch}, step ${integer(number(step))}, from checkpoint ${grouped(String(checkpoint))}`,
  RunForked: ({ parent, epoch, checkpoint }) =>
    `from run ${grouped(String(parent))} at the end of epoch ${epoch}, checkpoint ${grouped(String(checkpoint))}`,
  RunInterrupted: ({ lastBeat }) =>
    `its process was gone, last sign of life ${lastBeat == null ? 'unknown' : exactTime(Date.parse(String(lastBeat)))}`,
};

export function eventWords({ type, data, measured }: Pick<EventRow, 'type' | 'data' | 'measured'>): string {
  return words[type]?.(data, measured) ?? Object.keys(data).join(', ');
}

function layersOf(arrays: unknown): string[] {
  return [...new Set(Object.keys(fields(arrays)).map((name) => name.slice(0, name.lastIndexOf('/'))))];
}
