// The end of a run in the terminal: what `train` leaves behind and `show` prints.
import { grouped, runReference } from '../../../views/format/identity.ts';
import { accuracy, learningRate, loss, lossDifference, percent, points, verdict } from '../../../views/format/metric.ts';
import { bytes, integer } from '../../../views/format/number.ts';
import { statusText, statusTone } from '../../../views/format/status.ts';
import { dayAndMonth, duration } from '../../../views/format/time.ts';
import type { RunBytes } from '../../runs/bytes.ts';
import type { Extreme, RunReport } from '../../runs/report.ts';
import { runPage } from '../address.ts';
import type { Paint } from '../terminal/paint.ts';
import type { Screen } from '../terminal/screen.ts';
import { cut, cutMiddle, padEnd, padStart, textWidth } from '../terminal/width.ts';
import { fileCount, freed } from './freed.ts';

/** What stands before the name of the run that is compared with. */
const columnsBefore = 53;
const columns = { label: 20, last: 8, best: 12, epoch: 8, fact: 15 } as const;

/** What of a run's report is not of the run itself. */
export interface ReportExtras {
  /** On the disk. */
  taken?: RunBytes;
  /** The event as of which it is told. */
  at?: number | undefined;
}

/** Lines of the report; `other` is what the last column compares with. */
export function runReport(
  report: RunReport,
  other: RunReport | null,
  { paint, width }: Pick<Screen, 'paint' | 'width'>,
  extras: ReportExtras = {},
): string[] {
  const state = statusText(report.status);
  const took = report.seconds === null ? '' : ` in ${duration(report.seconds)}`;
  const tone = statusTone(report.status);
  const beside = `  ${paint.muted(runReference(report.runId))}  ${tone === 'muted' ? state : paint[tone](state)}${took}`;
  const head = `${paint.bold(cutMiddle(report.name, width - textWidth(beside)))}${beside}`;
  return [
    head,
    ...(report.error === null ? [] : errorLines(report.error, paint)),
    '',
    ...(report.epochsDone > 0 ? metricLines(report, other, width, paint) : ['no epoch was finished']),
    '',
    ...factLines(report, width, paint, extras),
  ];
}

function errorLines({ code, message, help }: NonNullable<RunReport['error']>, paint: Paint): string[] {
  return [`  ${paint.worse(code)}  ${message}`, ...(help === null ? [] : [`  ${paint.bold('help')}  ${help}`])];
}

function metricLines(report: RunReport, other: RunReport | null, width: number, paint: Paint): string[] {
  const since = other?.endedAt == null ? '' : ` of ${dayAndMonth(Date.parse(other.endedAt))}`;
  const compared = other === null ? '' : `Δ ${cutMiddle(other.name, width - columnsBefore - since.length)}${since}`;
  const gap = gapOf(report);
  const otherGap = other ? gapOf(other) : null;
  const line = (label: string, last: string, best = '', epoch = '', delta = ''): string =>
    `${padEnd(paint.muted(label), columns.label)}${padStart(last, columns.last)}${padStart(best, columns.best)}${padStart(epoch, columns.epoch)}   ${delta}`.trimEnd();
  const extreme = (label: string, { last, best, epoch }: Extreme, print: (value: number | null) => string, delta: string): string =>
    line(label, print(last), paint.bold(print(best)), epoch === null ? '' : String(epoch), delta);

  return [
    paint.muted(line('', 'last', 'best', 'epoch', compared)),
    extreme('validation accuracy', report.validationAccuracy, percent, accuracyDelta(report, other, paint)),
    extreme('validation loss', report.validationLoss, loss, lossDelta(report, other, paint)),
    line('training accuracy', percent(report.trainAccuracy)),
    ...(report.testAccuracy.last === null
      ? []
      : [line('test accuracy', percent(report.testAccuracy.last), percent(report.testAccuracy.best))]),
    line('gap, train − val', gap === null ? '' : accuracy(gap), '', '', gap === null || otherGap === null ? '' : points(gap - otherGap)),
    ...(report.runningMinusBatch === null
      ? []
      : [
          `${padEnd(paint.muted('running − batch'), columns.label)}  ${lossDifference(report.runningMinusBatch)} loss, running against batch statistics`,
        ]),
  ];
}

const gapOf = ({ trainAccuracy, validationAccuracy: { last } }: RunReport): number | null =>
  trainAccuracy === null || last === null ? null : trainAccuracy - last;

function accuracyDelta(report: RunReport, other: RunReport | null, paint: Paint): string {
  const [now, then] = [report.validationAccuracy.last, other?.validationAccuracy.last ?? null];
  return now === null || then === null ? '' : tinted(points(now - then), verdict((now - then) * 100, 1, 'higher'), paint);
}

function lossDelta(report: RunReport, other: RunReport | null, paint: Paint): string {
  const [now, then] = [report.validationLoss.last, other?.validationLoss.last ?? null];
  return now === null || then === null ? '' : tinted(lossDifference(now - then), verdict(now - then, 3, 'lower'), paint);
}

/** Green for better, red for worse, muted for neither; the sign says it too. */
export function tinted(text: string, which: 'better' | 'worse' | 'even', paint: Paint): string {
  return which === 'even' ? paint.muted(text) : paint[which](text);
}

function factLines(report: RunReport, width: number, paint: Paint, { taken, at }: ReportExtras): string[] {
  const fact = (label: string, text: string): string => `${padEnd(paint.muted(label), columns.fact)}${text}`;
  const kept = keptCheckpoints(report);
  const checkpoints = kept === '' ? '' : `      ${paint.muted('checkpoints')}  ${kept}`;
  return [
    ...(report.learningRates.length === 0 ? [] : [fact('learning rate', rates(report, width - columns.fact))]),
    ...(report.ended === null ? [] : [fact('ended early', cut(report.ended, width - columns.fact))]),
    ...(report.fingerprint === null ? [] : [fact('fingerprint', grouped(report.fingerprint, 16) + checkpoints)]),
    ...(report.fingerprint === null && kept !== '' ? [fact('checkpoints', kept)] : []),
    ...(report.tags.length === 0 ? [] : [fact('tags', report.tags.join(', '))]),
    ...report.notes.map(({ note, notedAt }) => fact('note', `${note}  ${paint.muted(dayAndMonth(Date.parse(notedAt)))}`)),
    ...report.removals.map(({ kind, files, bytes: size, removedAt }) =>
      fact(kind, `${fileCount(files)}, ${freed(size)}  ${paint.muted(dayAndMonth(Date.parse(removedAt)))}`),
    ),
    ...(taken === undefined ? [] : [fact('takes', `${bytes(taken.events)} of events, ${bytes(taken.blobs)} of checkpoints`)]),
    ...(report.archived ? [fact('archived', 'left out of tables; runledger restore takes it back')] : []),
    ...lineage(report).map(([label, text]) => fact(label, text)),
    fact('page', runPage(report.runId, at)),
  ];
}

/** Where the run comes from, and whether it could be repeated. */
function lineage({ attempt, parent, replayed }: RunReport): [label: string, text: string][] {
  return [
    ...(parent === null ? [] : [['fork of', `${runReference(parent.runId)} at the end of epoch ${parent.epoch}`] as [string, string]]),
    ...(attempt === null
      ? []
      : [
          [
            'attempt',
            `${attempt.attempt}, ${attempt.checkpoint === null ? 'began anew' : `went on from step ${integer(attempt.step)}`}`,
          ] as [string, string],
        ]),
    ...(replayed === null ? [] : [['replay', replayed] as [string, string]]),
  ];
}

/** `0.005 → 0.0025 (13, stepLR)`: the epoch of each change, the schedule once. Where all do not fit, the first and the last. */
function rates({ learningRates: changes, lastRate, epochsDone }: RunReport, width: number): string {
  const words = changes.map(({ rate, epoch, schedule }, index) => {
    if (index === 0) return learningRate(rate);
    return `${learningRate(rate)} (${epoch}${index === 1 ? `, ${schedule}` : ''})`;
  });
  const newest = changes.at(-1);
  // One that moves from step to step is elsewhere by now; a change after the last measured epoch is newer.
  const moved = lastRate !== null && newest !== undefined && newest.epoch <= epochsDone && lastRate !== newest.rate;
  if (moved) words.push(`${learningRate(lastRate)} (${epochsDone})`);
  const whole = words.join(' → ');
  if (textWidth(whole) <= width) return whole;
  const left = words.length - 3;
  return [words[0], words[1], `… ${left} more`, words.at(-1)].join(' → ');
}

/** The last of each reason, and of how many epochs there are more. */
function keptCheckpoints({ checkpoints }: RunReport): string {
  const byReason = new Map(checkpoints.map(({ reason, epoch }) => [reason, epoch]));
  const newest = new Set(byReason.values());
  const more = new Set(checkpoints.map(({ epoch }) => epoch).filter((epoch) => !newest.has(epoch))).size;
  const words = [...byReason].map(([reason, epoch]) => `${reason} ${epoch}`);
  return [...words, ...(more > 0 ? [`${more} more`] : [])].join(', ');
}
