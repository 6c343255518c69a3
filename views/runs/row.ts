// A row of the runs table: a single run, a group of repeats with mean ± sd, or one repeat under its unfolded group.

import type { TableRequest } from '../../app/web/runs/request.ts';
import type { RunRow } from '../../app/web/runs/rows.ts';
import type { TableRow } from '../../app/web/runs/table.ts';
import { asOf } from '../asOf.ts';
import { numberCell, textCell } from '../components/cell.ts';
import { replayBadge } from '../components/replay.ts';
import { type SparkScale, spark } from '../components/spark.ts';
import { narrowStatus, status } from '../components/status.ts';
import { grouped } from '../format/identity.ts';
import { accuracy, learningRate, loss, points } from '../format/metric.ts';
import { integer } from '../format/number.ts';
import { age, exactTime, runTime } from '../format/time.ts';
import { type Html, html, nothing } from '../html.ts';
import { address } from './address.ts';

/** Repeats of a group that its box selects: more make no readable comparison. */
const mostCompared = 8;

export interface RowContext {
  request: TableRequest;
  /** Of all curves on the page. */
  scale: SparkScale;
  /** Milliseconds since 1970. */
  now: number;
}

/** The row and, where it is unfolded, its repeats. */
export function rowWithRepeats(row: TableRow, context: RowContext): Html {
  return html`${tableRow(row, context, false)}${(row.children ?? []).map((child) => tableRow(child, context, true))}`;
}

function tableRow(row: TableRow, context: RowContext, isChild: boolean): Html {
  const run = row.members[0]!;
  const name = isChild ? `seed ${run.seed}` : nameOf(run, row.members.length > 1);
  const kind = isChild ? 'child' : run.status === 'running' ? 'fresh' : '';
  return html`<tr id="${`row-${isChild ? 'repeat-' : ''}${row.key}`}"${kind === '' ? '' : html` class="${kind}"`}>
<td><input type="checkbox" id="${`select-${isChild ? 'repeat-' : ''}${row.key}`}" name="runs" value="${row.members
    .slice(0, mostCompared)
    .map(({ run_id }) => run_id)
    .join(',')}" aria-label="Select ${name}"></td>
<th scope="row"><div class="name">${foldControl(row, name, context.request)}<a href="${asOf(context.request.at, `/runs/${run.run_id}`)}">${name}</a>${repeatCount(row)}${replayed(row)}${isChild ? '' : tags(run)}${narrowStatus(run.status)}${mishap(run)}</div></th>
${textCell(status(run.status), 'p1')}
${textCell(curve(row, context.scale))}
${accuracyCell(row)}
${numberCell(loss(row.loss.mean), 'p2')}
${numberCell(points(row.gap).replace('+', ''), 'p3')}
${numberCell(epochs(run), 'p2')}
${numberCell(learningRate(run.lr), 'p2')}
${textCell(run.batch_norm ? 'on' : 'off', 'p3')}
${textCell(run.augment || 'none', 'p3')}
${textCell(run.optimizer, 'p3')}
${textCell(run.dataset, 'p3')}
${numberCell(runTime(row.seconds), 'p1')}
${numberCell(integer(row.samplesPerSecond), 'p3')}
${numberCell(queued(run, context.now), 'p2')}
</tr>`;
}

/** Its name, or its id where it has none. A group goes by what its repeats have in common. */
export function nameOf(run: Pick<RunRow, 'name' | 'run_id'>, isGroup: boolean): string {
  if (run.name === null || run.name === '') return grouped(run.run_id);
  return isGroup ? run.name.replace(/ · seed \d+$/, '') : run.name;
}

function foldControl({ key, members, children }: TableRow, name: string, request: TableRequest): Html | '' {
  if (members.length < 2) return '';
  const others = request.open.filter((open) => open !== key);
  return children === null
    ? html`<a class="fold" href="${address(request, { page: request.page, open: [...others, key] })}" aria-label="Show the ${members.length} repeats of ${name}">▸</a>`
    : html`<a class="fold" href="${address(request, { page: request.page, open: others })}" aria-label="Hide the ${members.length} repeats of ${name}">▾</a>`;
}

function repeatCount({ members }: TableRow): Html | '' {
  return members.length > 1 ? html`<span class="count">n = ${integer(members.length)}</span>` : '';
}

/** Of repeats: that one differs, or that all are identical. */
function replayed({ members }: TableRow): Html {
  const verdicts = new Set(members.map((run) => run.replayed));
  if (verdicts.has('differs')) return replayBadge('differs');
  return verdicts.size === 1 ? replayBadge(members[0]!.replayed) : nothing;
}

function tags({ tags }: RunRow): Html[] {
  return (tags ?? '')
    .split(',')
    .filter(Boolean)
    .map((tag) => html`<span class="tag p1">${tag}</span>`);
}

/** Why a failed run failed, in a few words; its page says more. */
function mishap({ status, error_message }: RunRow): Html | '' {
  return status === 'failed' && error_message ? html`<span class="small worse p1">${error_message.slice(0, 80)}</span>` : '';
}

function curve({ members, curves }: TableRow, scale: SparkScale): Html | '' {
  const run = members[0]!;
  const ended = run.status === 'stopped' || run.status === 'interrupted' || run.status === 'failed';
  const planned = Math.max(1, run.epochs - 1);
  // Two variants are always 1 and 2 in this product: with batch normalization and without.
  return spark({
    curves: curves.map((points) => points.map(([epoch, value]): [number, number] => [(epoch - 1) / planned, value])),
    scale,
    category: ended ? 0 : run.batch_norm ? 1 : 2,
  });
}

function accuracyCell({ accuracy: spread }: TableRow): Html {
  const deviation = spread.deviation !== null ? `± ${accuracy(spread.deviation)}` : '';
  return numberCell(html`<span>${accuracy(spread.mean)}</span><span class="sd">${deviation}</span>`);
}

function epochs({ status, epochs, epochs_done }: RunRow): Html {
  if (epochs_done === epochs) return html`${integer(epochs)}`;
  const bar =
    status === 'running'
      ? html`<progress class="progress" value="${epochs_done}" max="${epochs}" aria-label="${epochs_done} of ${epochs} epochs"></progress> `
      : '';
  return html`${bar}${integer(epochs_done)}<span class="muted">/${integer(epochs)}</span>`;
}

function queued({ queued_at }: RunRow, now: number): Html {
  const moment = Date.parse(queued_at);
  return html`<time datetime="${queued_at}" title="${exactTime(moment)}">${age(moment, now)}</time>`;
}
