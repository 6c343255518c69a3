// What users said about a run, and what became of its files.

import type { RunPage } from '../../app/web/models/run.ts';
import { bytes } from '../format/number.ts';
import { age, exactTime } from '../format/time.ts';
import { type Html, html, nothing } from '../html.ts';

export function keepingSection({ notes, now }: Pick<RunPage, 'notes' | 'now'>): Html {
  if (notes.length === 0) return nothing;
  return html`<section class="section" id="notes"><header><h2>Notes</h2></header><dl class="facts">${notes.map(
    ({ note, notedAt }) => html`<dt>${moment(notedAt, now)}</dt><dd hx-ignore>${note}</dd>`,
  )}</dl></section>`;
}

/** Rows of the settings: what it takes, and what was let go. */
export function keepingFacts({ bytes: taken, removals, now }: Pick<RunPage, 'bytes' | 'removals' | 'now'>): Html {
  return html`<dt>takes</dt><dd>${bytes(taken.events)} of events, ${bytes(taken.blobs)} of checkpoints</dd>${removals.map(
    ({ kind, files, bytes: freed, removedAt }) =>
      html`<dt>${kind}</dt><dd>${files} ${files === 1 ? 'file' : 'files'}, ${bytes(freed)} freed ${moment(removedAt, now)}</dd>`,
  )}`;
}

function moment(iso: string, now: number): Html {
  return html`<time datetime="${iso}" title="${exactTime(Date.parse(iso))}">${age(Date.parse(iso), now)}</time>`;
}
