// A sweep under way, in the terminal: one bar over all its trials, and a line for each trial that runs or has ended.
import type { Fact } from '../../../trainer/index.ts';
import { accuracy, loss } from '../../../views/format/metric.ts';
import { integer } from '../../../views/format/number.ts';
import { type Status, statusSign, statusText, statusTone } from '../../../views/format/status.ts';
import { roughly } from '../../../views/format/time.ts';
import { levelLabel, shortFactor } from '../../ablations/factors.ts';
import { type Following, follow, followOn, nothingYet, plannedSteps, progressOf, secondsLeft } from '../../runs/following.ts';
import type { RunEnding } from '../../runs/record.ts';
import type { SweepTrial } from '../../sweeps/run.ts';
import { bar } from '../terminal/bar.ts';
import type { Paint } from '../terminal/paint.ts';
import type { Screen } from '../terminal/screen.ts';
import { type Column, table } from '../terminal/table.ts';
import { howToStop } from './training.ts';

/** One trial as the terminal follows it. */
export interface TrialLine {
  trial: SweepTrial;
  status: Status;
  following: Following;
}

const rowsShown = 8;

export function trialLine(trial: SweepTrial, now: number): TrialLine {
  return {
    trial,
    status: trial.reused ? 'completed' : 'queued',
    following: trial.line.length === 0 ? nothingYet : followOn(trial.line, now),
  };
}

export function followTrial(line: TrialLine, fact: Fact, now: number): TrialLine {
  return { ...line, status: 'running', following: follow(line.following, fact, now) };
}

export function endTrial(line: TrialLine, ending: RunEnding): TrialLine {
  const status = { RunCompleted: 'completed', RunFailed: 'failed', RunStopped: 'stopped' } as const;
  return { ...line, status: status[ending.type] };
}

/** The bar, then running trials, then those that ended last. `workers` run side by side. */
export function sweepBlock(lines: readonly TrialLine[], workers: number, now: number, screen: Screen): string[] {
  const running = lines.filter(({ status }) => status === 'running');
  const ended = lines.filter(({ status }) => status !== 'running' && status !== 'queued');
  const shown = [...running, ...ended.reverse()].slice(0, rowsShown);
  return [
    `${bar(shareOf(lines), screen.width >= 100 ? 50 : 24, screen.paint)}  ${counts(lines, ended.length, workers, now, screen.paint)}`,
    '',
    ...table(shown, columnsFor(lines, screen.paint), screen),
    '',
    screen.paint.muted(howToStop),
  ];
}

function counts(lines: readonly TrialLine[], ended: number, workers: number, now: number, paint: Paint): string {
  const count = (status: Status): number => lines.filter((line) => line.status === status).length;
  const left = timeLeft(lines, workers, now);
  return [
    `${paint.bold(`${ended}/${lines.length}`)} ended`,
    paint.muted(`${count('completed')} ${statusSign('completed')}`),
    paint.muted(`${count('failed')} ${statusSign('failed')}`),
    ...(left === null ? [] : [paint.muted(` about ${roughly(left)} left`)]),
  ].join('  ');
}

/** Trials count alike; what was reused counts as done. */
function shareOf(lines: readonly TrialLine[]): number {
  const done = ({ status, following }: TrialLine): number => (status === 'queued' ? 0 : status === 'running' ? progressOf(following) : 1);
  return lines.reduce((sum, line) => sum + done(line), 0) / lines.length;
}

/** What the slowest running trial needs, and for those queued behind it what a whole trial takes at the pace so far; null before there is a pace. */
function timeLeft(lines: readonly TrialLine[], workers: number, now: number): number | null {
  const running = lines.filter(({ status }) => status === 'running').map(({ following }) => following);
  const left = running.map((following) => secondsLeft(following, now)).filter((seconds) => seconds !== null);
  if (left.length === 0) return null;
  const whole = Math.max(...running.map((following) => wholeSeconds(following, now)));
  const queued = lines.filter(({ status }) => status === 'queued').length;
  return Math.max(...left) + whole * Math.ceil(queued / workers);
}

/** What the whole trial takes at its pace so far; 0 before there is a pace. */
function wholeSeconds(following: Following, now: number): number {
  const share = progressOf(following) - following.stepBefore / plannedSteps(following);
  return following.startedAt === null || !(share > 0) ? 0 : (now - following.startedAt) / 1000 / share;
}

function columnsFor(lines: readonly TrialLine[], paint: Paint): Column<TrialLine>[] {
  const paths = Object.keys(lines[0]?.trial.plan.assignment ?? {});
  const factors = paths.map(
    (path): Column<TrialLine> => ({
      title: shortFactor(path),
      cell: ({ trial }) => levelLabel(trial.plan.assignment[path] ?? null),
      shrinks: true,
    }),
  );
  const right = (title: string, cell: (line: TrialLine) => string): Column<TrialLine> => ({ title, cell, align: 'right' });
  return [
    { ...right('trial', ({ trial }) => String(trial.plan.trial)), wide: true },
    ...factors,
    right('seed', ({ trial }) => String(trial.plan.seed)),
    { title: 'status', cell: (line) => statusCell(line, paint) },
    right('epoch', ({ trial, following }) => (following.started === null ? '' : `${following.epoch}/${trial.plan.recipe.epochs}`)),
    right('loss', ({ following }) => loss(following.training?.loss)),
    right('acc %', ({ following }) => accuracy(following.training?.accuracy)),
    right('val acc %', ({ following }) => paint.bold(accuracy(following.epochs.at(-1)?.data.validation.accuracy))),
    right('img/s', ({ status, following }) => (status === 'running' ? integer(following.imagesPerSecond) : '')),
  ];
}

function statusCell({ status, trial }: TrialLine, paint: Paint): string {
  const text = trial.reused ? `${statusSign(status)} known` : statusText(status);
  return paint[statusTone(status)](text);
}
