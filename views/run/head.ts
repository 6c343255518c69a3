// Name, state and tags of a run, and what went wrong where something did.

import type { RunPage } from '../../app/web/models/run.ts';
import { notice } from '../components/notice.ts';
import { status } from '../components/status.ts';
import { grouped } from '../format/identity.ts';
import { type Html, html, nothing } from '../html.ts';

export function head(page: RunPage): Html {
  const { run, timebar } = page;
  return html`<p class="crumbs"><a href="/">Runs</a> / run <code>${grouped(run.id)}</code></p>
<div class="head"><h1>${run.name}</h1>${status(run.status)}${run.tags.map((tag) => html`<span class="tag">${tag}</span>`)}<div class="actions">${stopButton(page)}<a class="btn" href="${`/compare?runs=${run.id}`}">Compare</a></div></div>
${past(run, timebar)}
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

function archived({ run }: RunPage): Html {
  if (!run.archived) return nothing;
  return notice({
    strong: 'Archived',
    text: html`Tables and ablations leave it out; <code>runledger restore ${run.id.slice(0, 8)}</code> takes it back.`,
    link: { href: '/?archived=1', word: 'All archived runs' },
  });
}

function past(run: RunPage['run'], { version, newest }: RunPage['timebar']): Html {
  if (version === newest) return nothing;
  return notice({
    strong: `As of event ${version}`,
    text: `What the ledger knew of this run then; ${newest - version} more events followed.`,
    link: { href: `/runs/${run.id}`, word: 'Show it as it is now' },
  });
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
