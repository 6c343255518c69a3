// The headline figures of a run: each with what qualifies it below.

import type { RunPage } from '../../app/web/models/run.ts';
import { accuracy, loss, percent, points, verdict } from '../format/metric.ts';
import { fixed, integer, si } from '../format/number.ts';
import { duration } from '../format/time.ts';
import { type Html, html } from '../html.ts';

export function figures(page: RunPage): Html {
  const { run } = page;
  return html`<dl class="figures section">${[
    figure('Best validation accuracy', withUnit(accuracy(run.bestValAccuracy), '%'), bestNote(page)),
    figure('Last validation accuracy', withUnit(accuracy(run.valAccuracy), '%'), epochNote(run)),
    figure('Test accuracy', withUnit(accuracy(run.bestTestAccuracy ?? run.testAccuracy), '%'), testNote(run)),
    figure('Validation loss', loss(run.valLoss), run.bestValLoss === null ? '' : `best ${loss(run.bestValLoss)}`),
    figure('Gap, train − val', withUnit(gap(run), 'points'), run.trainAccuracy === null ? '' : `training ${percent(run.trainAccuracy)}`),
    figure('Time', timeOf(page), perEpoch(page)),
    figure('Speed', withUnit(integer(run.samplesPerSecond), 'img/s'), speedNote(run)),
    figure('Parameters', integer(run.parameters), run.flopsPerSample === null ? '' : `${si(run.flopsPerSample, 'FLOP')} a sample`),
  ]}</dl>`;
}

function figure(term: string, value: Html | string, note: Html | string): Html {
  return html`<div><dt>${term}</dt><dd>${value === '' ? html`<span class="muted" title="not measured yet">–</span>` : value}</dd><dd>${note}</dd></div>`;
}

const withUnit = (value: string, unit: string): Html | string => (value === '' ? '' : html`${value} <small>${unit}</small>`);

function bestNote({ run, repeats }: RunPage): Html | string {
  if (run.bestEpoch === null) return '';
  if (repeats.runs < 2 || repeats.meanBest === null || run.bestValAccuracy === null) return `epoch ${run.bestEpoch}`;
  const difference = run.bestValAccuracy - repeats.meanBest;
  const kind = verdict(difference * 100, 1, 'higher');
  return html`epoch ${run.bestEpoch} · <span class="${kind === 'even' ? 'muted' : kind}">${points(difference)}</span> on the mean of its ${repeats.runs} repeats`;
}

const epochNote = (run: RunPage['run']): string => (run.epochsDone === 0 ? '' : `epoch ${run.epochsDone} of ${run.epochs}`);

function testNote(run: RunPage['run']): string {
  if (run.bestTestAccuracy !== null) return `best checkpoint; last epoch ${percent(run.testAccuracy)}`;
  return run.testAccuracy === null ? 'measured at the end' : 'last epoch';
}

const gap = (run: RunPage['run']): string =>
  run.trainAccuracy === null || run.valAccuracy === null ? '' : fixed((run.trainAccuracy - run.valAccuracy) * 100, 1);

function timeOf({ run, now }: RunPage): string {
  if (run.seconds !== null) return duration(run.seconds);
  return run.startedAt !== null && run.status === 'running' ? duration((now - Date.parse(run.startedAt)) / 1000) : '';
}

function perEpoch({ run }: RunPage): string {
  return run.seconds === null || run.epochsDone === 0 ? '' : `${duration(run.seconds / run.epochsDone)} an epoch`;
}

function speedNote(run: RunPage['run']): string {
  if (run.samplesPerSecond === null || run.flopsPerSample === null) return '';
  const rate = fixed((run.samplesPerSecond * run.flopsPerSample) / 1e9, 0);
  return `${rate} GFLOP/s, ${run.threads} ${run.threads === 1 ? 'thread' : 'threads'}`;
}
