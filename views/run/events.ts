// The events of a run, newest first, as they stand in the ledger: paged and filtered on the server, each with its raw JSON.

import type { RunPage } from '../../app/web/models/run.ts';
import { asOf } from '../asOf.ts';
import { integer } from '../format/number.ts';
import { age, exactTime } from '../format/time.ts';
import { type Html, html, nothing } from '../html.ts';
import { address } from './address.ts';

export function eventsSection(page: RunPage): Html {
  const { run, view, events } = page;
  const total = events.counts.reduce((sum, { count }) => sum + count, 0);
  return html`<section class="section" id="events"><header><h2>Events</h2><p>${integer(total)} ${total === 1 ? 'fact' : 'facts'} in order, each hashed over the one before it. A number opens the run as of that event.${superseded(page)}</p><div class="end"><nav class="cluster loose" aria-label="Type of event">${filterLink(page, null, total)}${events.counts.map(({ type, count }) => filterLink(page, type, count))}</nav></div></header>
<section class="scroll" tabindex="0" aria-label="Table of events"><table class="table still"><caption class="sr">Events of this run, newest first</caption><thead><tr><th scope="col" class="n" aria-sort="descending">Event ↓</th><th scope="col" class="n p1">In run</th><th scope="col">Type</th><th scope="col">What it says</th><th scope="col" class="p1">Hash</th><th scope="col" class="n p1">Recorded</th><th scope="col"><span class="sr">Raw</span></th></tr></thead><tbody>${events.rows.map(
    (event) =>
      html`<tr id="${`event-${event.version}`}"${event.superseded ? html` class="superseded"` : nothing}><td class="n"><a href="${asOf(event.position, `/runs/${run.id}`)}">${integer(event.position)}</a></td><td class="n muted p1">${integer(event.version)}</td><th scope="row"><code>${event.type}</code></th><td class="wrap">${event.superseded ? html`<span class="badge">superseded</span> ` : nothing}<span>${event.words}</span></td><td class="p1"><code class="muted">${event.hash.slice(0, 4)}</code></td><td class="n muted p1"><time datetime="${event.recordedAt}" title="${exactTime(Date.parse(event.recordedAt))}">${age(Date.parse(event.recordedAt), page.now)}</time></td><td><a href="${`/runs/${run.id}/events/${event.version}.json`}" aria-label="JSON of event ${event.version}">JSON</a></td></tr>`,
  )}</tbody></table></section>
<div class="pager"><span>${events.rows.length} of ${integer(total)}</span><span class="cluster">${
    Number.isFinite(view.before)
      ? html`<a class="btn" href="${address(page, { before: Number.POSITIVE_INFINITY }, 'events')}">Newest</a>`
      : nothing
  }${events.older ? html`<a class="btn" href="${address(page, { before: events.rows.at(-1)!.version }, 'events')}">Older</a>` : nothing}</span></div></section>`;
}

function superseded({ events }: RunPage): Html {
  if (events.superseded === 0) return nothing;
  const one = events.superseded === 1;
  return html` ${integer(events.superseded)} ${one ? 'was' : 'were'} left behind by a later attempt: the curves do not show ${one ? 'it' : 'them'}.`;
}

function filterLink(page: RunPage, type: string | null, count: number): Html {
  const current = page.view.type === type ? html` aria-current="true"` : nothing;
  return html`<a class="tag" href="${address(page, { type, before: Number.POSITIVE_INFINITY }, 'events')}"${current}>${type ?? 'all'} <span class="count">${integer(count)}</span></a>`;
}
