// A run in training, in the terminal: a block that changes in place, or one line an epoch in a pipe.
import type { EpochMeasured } from '../../../trainer/index.ts';
import { grouped, runReference } from '../../../views/format/identity.ts';
import { accuracy, learningRate, loss, percent } from '../../../views/format/metric.ts';
import { imagesPerSecond, integer } from '../../../views/format/number.ts';
import { sparkline } from '../../../views/format/sparkline.ts';
import { duration } from '../../../views/format/time.ts';
import { type Following, plannedSteps, progressOf, secondsLeft } from '../../runs/following.ts';
import { bar } from '../terminal/bar.ts';
import type { Screen } from '../terminal/screen.ts';
import { cut, padEnd, padStart, textWidth } from '../terminal/width.ts';

export interface TrainingTitle {
  name: string;
  runId: string;
  threads: number;
  /** Folder of the ledger as the user knows it. */
  ledger: string;
}

/** Said under every live block. */
export const howToStop = 'Ctrl-C stops after this step and keeps a checkpoint; twice ends at once.';

const wideFrom = 100;
const epochsShown = 10;

/** Who trains what on which data. Empty parts until the run has started. */
export function trainingHead({ name, runId, threads, ledger }: TrainingTitle, state: Following, { paint, width }: Screen): string {
  const started = state.started;
  const parts = [runReference(runId)];
  if (started !== null) {
    const { recipe, datasetFingerprint, parameterCount, samples } = started.data;
    parts.push(`${recipe.dataset} ${grouped(datasetFingerprint)}`);
    if (width >= wideFrom) parts.push(`${integer(samples.train)} / ${integer(samples.validation)}`);
    parts.push(`${integer(parameterCount)} parameters`, recipe.arithmetic);
  }
  parts.push(`${threads} ${threads === 1 ? 'thread' : 'threads'}`);
  if (width >= wideFrom) parts.push(`ledger ${ledger}`);
  return cut(`${paint.bold(name)}  ${paint.muted(parts.join(' · '))}`, width);
}

/** The lines under the head: a bar and the newest numbers; from 100 columns on a line an epoch. */
export function trainingBlock(state: Following, now: number, screen: Screen): string[] {
  return screen.width >= wideFrom ? wideBlock(state, now, screen) : narrowBlock(state, now, screen);
}

function narrowBlock(state: Following, now: number, { paint }: Screen): string[] {
  const { training, epochs } = state;
  const last = epochs.at(-1);
  const numbers = [
    ...(training === null ? [] : [`${paint.muted('train')} ${loss(training.loss)}  ${percent(training.accuracy)}`]),
    ...(last === undefined ? [] : [validation(last, paint)]),
    ...(state.learningRate === null ? [] : [`${paint.muted('lr')} ${learningRate(state.learningRate)}`]),
  ];
  return [
    `${bar(progressOf(state), 30, paint)}  ${where(state, paint)}`,
    numbers.join('    '),
    `${curve(epochs, 24, paint)}${paint.muted(pace(state, now))}`,
    '',
    paint.muted(howToStop),
  ];
}

function wideBlock(state: Following, now: number, screen: Screen): string[] {
  const { paint } = screen;
  const shown = state.epochs.slice(-epochsShown);
  const rest = [where(state, paint), pace(state, now)].filter((text) => text !== '').join(' · ');
  const curveWidth = Math.min(20, state.started?.data.recipe.epochs ?? 20);
  const columns = (cells: string[]): string => cells.map((cell, i) => padStart(cell, [5, 10, 12, 8, 11, 8][i] as number)).join('');
  const current = currentEpoch(state);
  const rows = shown.length > 0 || current !== null;
  return [
    `${bar(progressOf(state), Math.max(10, Math.min(52, screen.width - textWidth(rest) - 2)), paint)}  ${rest}`,
    '',
    ...(rows
      ? [paint.muted(`${columns(['epoch', 'lr', 'train loss', 'acc %', 'val loss', 'acc %'])}   ${padEnd('val acc', curveWidth)}   note`)]
      : []),
    ...shown.map((epoch) => {
      const index = state.epochs.indexOf(epoch);
      const { data } = epoch;
      const cells = [String(data.epoch), learningRate(data.learningRate), loss(data.train.loss), accuracy(data.train.accuracy)];
      const drawn = sparkline(accuracies(state.epochs.slice(0, index + 1)), { ...range(state.epochs), columns: curveWidth });
      return `${columns([...cells, loss(data.validation.loss), accuracy(data.validation.accuracy)])}   ${padEnd(drawn, curveWidth)}   ${note(state.epochs, index)}`.trimEnd();
    }),
    ...(current === null ? [] : [columns(current)]),
    ...(rows ? [''] : []),
    paint.muted(howToStop),
  ];
}

/** Cells of the epoch under way, as far as it has come; null between epochs. */
function currentEpoch({ training, epoch, epochs, learningRate: rate }: Following): string[] | null {
  if (training === null || epochs.some(({ data }) => data.epoch === epoch)) return null;
  return [String(epoch), rate === null ? '' : learningRate(rate), loss(training.loss), accuracy(training.accuracy)];
}

/** `epoch 17/30 step 5984 train 0.561 80.2 % val 0.668 77.6 % lr 0.025 7.4 s best`: plain, for a pipe. */
export function epochLine(state: Following, { data, measured }: EpochMeasured): string {
  const parts = [
    `epoch ${data.epoch}/${state.started?.data.recipe.epochs ?? '?'} step ${data.step}`,
    `train ${loss(data.train.loss)} ${percent(data.train.accuracy)} val ${loss(data.validation.loss)} ${percent(data.validation.accuracy)}`,
    `lr ${learningRate(data.learningRate)} ${duration(measured.seconds)}`,
  ];
  return `${parts.join(' ')}${data.best.epoch === data.epoch ? ' best' : ''}`;
}

function where(state: Following, paint: Screen['paint']): string {
  if (state.started === null) return paint.muted('generating kernels');
  const { epochs } = state.started.data.recipe;
  return `epoch ${paint.bold(String(state.epoch))}/${epochs}  ${paint.muted(`step ${integer(state.step)}/${integer(plannedSteps(state))}`)}`;
}

function validation({ data }: EpochMeasured, paint: Screen['paint']): string {
  const best = `${paint.muted('best')} ${accuracy(data.best.validationAccuracy)} ${paint.muted(`at ${data.best.epoch}`)}`;
  return `${paint.muted('val')} ${loss(data.validation.loss)}  ${paint.bold(percent(data.validation.accuracy))}  ${best}`;
}

function curve(epochs: readonly EpochMeasured[], columns: number, paint: Screen['paint']): string {
  const [first, last] = [epochs[0], epochs.at(-1)];
  if (first === undefined || last === undefined) return '';
  const ends = `${accuracy(first.data.validation.accuracy)} → ${accuracy(last.data.validation.accuracy)}`;
  return `${paint.muted('val acc')}  ${sparkline(accuracies(epochs), { columns })}  ${ends}       `;
}

/** Images a second and the time that is left. */
export function pace(state: Following, now: number): string {
  const left = secondsLeft(state, now);
  return [imagesPerSecond(state.imagesPerSecond), left === null ? '' : `${duration(Math.ceil(left))} left`]
    .filter((text) => text !== '')
    .join(' · ');
}

function note(epochs: readonly EpochMeasured[], index: number): string {
  const { data } = epochs[index] as EpochMeasured;
  const before = epochs[index - 1]?.data.learningRate;
  const rate =
    before === undefined || before === data.learningRate ? [] : [`rate ${learningRate(before)} → ${learningRate(data.learningRate)}`];
  return [...rate, ...(data.best.epoch === data.epoch && index === epochs.length - 1 ? ['best so far'] : [])].join(', ');
}

const accuracies = (epochs: readonly EpochMeasured[]): number[] => epochs.map(({ data }) => data.validation.accuracy);

function range(epochs: readonly EpochMeasured[]): { low: number; high: number } {
  const finite = accuracies(epochs).filter(Number.isFinite);
  return { low: Math.min(...finite), high: Math.max(...finite) };
}
