// Name, state and tags of a run, where it comes from, and what went wrong where something did.

import type { RunPage } from '../../app/web/models/run.ts';
import { asOf } from '../asOf.ts';
import { notice } from '../components/notice.ts';
import { replayBadge } from '../components/replay.ts';
import { status } from '../components/status.ts';
import { grouped } from '../format/identity.ts';
import { type Html, html, nothing } from '../html.ts';
import { lineage } from './lineage.ts';

export function head(page: RunPage): Html {
  const { run, view, differsAt } = page;
  return html`<p class="crumbs"><a href="${asOf(view.at, '/')}">Runs</a> / run <code>${grouped(run.id)}</code></p>
<div class="head"><h1>${run.name}</h1>${status(run.status)}${replayBadge(run.replayed, differsAt)}${run.tags.map((tag) => html`<span class="tag">${tag}</span>`)}<div class="actions">${stopButton(page)}<a class="btn" href="${asOf(view.at, `/compare?runs=${compared(page)}`)}">Compare</a></div></div>
${lineage(page)}
${trouble(run)}
${archived(page)}
${stopping(page)}`;
}

/** Of a run under way, as it is now: the past is not stopped. A form, so that it works without scripts. */
function stopButton({ run, view, stopping: asked }: RunPage): Html {
  const isUnderWay = run.status === 'queued' || run.status === 'running' || run.status === 'suspect';
  if (!isUnderWay || view.at !== null || asked !== null) return nothing;
  return html`<form method="post" action="${`/runs/${run.id}/stop`}"><button class="btn danger" type="submit">Stop</button></form>`;
}

function stopping({ stopping: why }: RunPage): Html {
  if (why === null) return nothing;
  return notice({ strong: 'Stopping', text: html`It ends after its current step, with a checkpoint: <span hx-ignore>${why}</span>.` });
}

function archived({ run, view }: RunPage): Html {
  if (!run.archived) return nothing;
  return notice({
    strong: 'Archived',
    text: html`Tables and ablations leave it out; <code>runledger restore ${run.id.slice(0, 8)}</code> takes it back.`,
    link: { href: asOf(view.at, '/?archived=1'), word: 'All archived runs' },
  });
}

/** A fork is compared with its parent. */
function compared({ run, parent }: RunPage): string {
  return parent?.known ? `${parent.id},${run.id}` : run.id;
}

function trouble(run: RunPage['run']): Html {
  if (run.error !== null) {
    const help = run.error.help === null ? nothing : html` <span class="muted">${run.error.help}</span>`;
    return notice({ strong: run.error.code, text: html`${run.error.message}${help}`, kind: 'bad' });
  }
  if (run.status === 'interrupted')
    return notice({
      strong: 'Interrupted',
      text: 'The process ended without a word. What was committed before is below and stays.',
      kind: 'warn',
    });
  if (run.status === 'suspect')
    return notice({ strong: 'No sign of life', text: 'The process that trains this run has not been heard of for a while.', kind: 'warn' });
  return nothing;
}
