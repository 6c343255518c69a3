// In a line each: how often a run was taken up, the run it was forked from, and its own forks.
import type { RunPage } from '../../app/web/models/run.ts';
import type { Relative } from '../../app/web/queries/lineage.ts';
import { asOf } from '../asOf.ts';
import { status } from '../components/status.ts';
import { integer } from '../format/number.ts';
import { exactTime } from '../format/time.ts';
import { type Html, html, nothing } from '../html.ts';
import { address } from './address.ts';

const forksShown = 8;

export function lineage(page: RunPage): Html {
  return html`${attempts(page)}${parent(page)}${forks(page)}`;
}

function attempts(page: RunPage): Html {
  const last = page.attempts.at(-1);
  if (last === undefined) return nothing;
  const left = page.events.superseded;
  const whole = last.step === last.epoch * page.run.stepsPerEpoch;
  const kept =
    last.checkpoint === null
      ? 'began anew'
      : `went on from step ${integer(last.step)}, ${whole ? `the end of epoch ${last.epoch}` : `within epoch ${last.epoch + 1}`}`;
  return html`<p class="lineage"><strong>Attempt ${last.attempt}</strong> <span>${kept}, at <time datetime="${last.startedAt}">${exactTime(Date.parse(last.startedAt))}</time>.${
    left === 0
      ? nothing
      : html` ${integer(left)} ${left === 1 ? 'fact' : 'facts'} of earlier attempts ${left === 1 ? 'is' : 'are'} superseded and ${left === 1 ? 'stays' : 'stay'} in <a href="${address(page, {}, 'events')}">the history</a>.`
  }</span></p>`;
}

function parent({ parent: run, view }: RunPage): Html {
  if (run === null) return nothing;
  const name = run.known
    ? html`<a href="${asOf(view.at, `/runs/${run.id}`)}">${run.name}</a>`
    : html`${run.name}, which is not in this ledger,`;
  return html`<p class="lineage"><strong>Fork</strong> <span>of ${name} at the end of epoch ${run.epoch}; its own curves begin there.</span></p>`;
}

function forks({ forks: runs, view, run }: RunPage): Html {
  if (runs.length === 0) return nothing;
  const all = asOf(view.at, `/compare?runs=${[run.id, ...runs.map(({ id }) => id)].slice(0, forksShown).join(',')}`);
  const more = runs.length > forksShown ? html`<span class="muted">and ${integer(runs.length - forksShown)} more</span>` : nothing;
  return html`<p class="lineage"><strong>${runs.length === 1 ? 'Forked' : 'Forks'}</strong> <span class="cluster loose">${runs.slice(0, forksShown).map((fork) => relative(fork, view.at))}${more}<a class="small" href="${all}">Compare them</a></span></p>`;
}

function relative({ id, name, status: word, epoch }: Relative, at: number | null): Html {
  return html`<span><a href="${asOf(at, `/runs/${id}`)}">${name}</a> <span class="muted small">at epoch ${epoch}</span>${word === 'completed' ? nothing : html` ${status(word)}`}</span>`;
}
