// A run that stands still, and the question whether it shall go on.
import { runReference } from '../../../views/format/identity.ts';
import { integer } from '../../../views/format/number.ts';
import { statusText } from '../../../views/format/status.ts';
import { roughly } from '../../../views/format/time.ts';
import { isOf, type RecordedFact } from '../../runs/line.ts';
import type { Resumable } from '../../runs/resumable.ts';
import type { Resumption } from '../../runs/resume.ts';
import type { Screen } from '../terminal/screen.ts';

/** `epoch 11`, `step 5,120 of epoch 12`, `the start`. */
export function placeWords(line: readonly RecordedFact[]): string {
  const taken = line.findLast((fact) => isOf(fact, 'CheckpointTaken'));
  if (taken === undefined) return 'the start';
  const { epoch, step, reason } = taken.data;
  return reason === 'stop' ? `step ${integer(step)} of epoch ${epoch}` : `epoch ${epoch}`;
}

/** What was found, and what going on costs. `step` is the one it would go on from. */
export function standingLines(run: Resumable, step: number, { paint }: Screen): string[] {
  const { name, runId, status, epochs, epochsDone, stepsDone, stepsPerEpoch, samplesPerSecond, imagesPerStep } = run;
  const lost = Math.max(0, stepsDone - step);
  const again = lost / stepsPerEpoch;
  const cost = samplesPerSecond === null ? '' : `, about ${roughly((lost * imagesPerStep) / samplesPerSecond)}`;
  const why = status === 'interrupted' ? 'Its process is gone.' : 'It was stopped.';
  const said = lost === 0 ? 'Resuming loses nothing.' : `Resuming trains ${again.toFixed(1)} epochs again${cost}.`;
  const where = `same recipe and seed, epoch ${epochsDone} of ${epochs}`;
  return [
    `${paint.warning(statusText(status))}  ${paint.bold(name ?? '')}  ${paint.muted(`${runReference(runId)}  ${where}`)}`,
    `  ${why} ${said}`,
  ];
}

/** One line before a run goes on. */
export function goingOn({ runId, attempt, line }: Resumption, { paint }: Screen): string {
  return paint.muted(`${runReference(runId)} goes on from ${placeWords(line)}, attempt ${attempt}`);
}
