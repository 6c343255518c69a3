// A run that had not begun at the moment asked for: when it did, and the ways there.
import type { RunPage } from '../../app/web/models/run.ts';
import { integer } from '../format/number.ts';
import { type Html, html } from '../html.ts';
import type { PageMoment } from '../shell.ts';

export interface NotYet {
  run: Pick<RunPage['run'], 'id' | 'name'>;
  at: PageMoment;
  /** Position of its first event. */
  began: number;
}

export function notYetPage({ run, at, began }: NotYet): Html {
  return html`<div class="fault"><p class="small muted">404 · run.later</p><h1>${run.name} had not begun at event ${integer(at.position)}.</h1><p>Its first event is number ${integer(began)}.</p><p class="cluster"><a class="btn primary" href="${`/runs/${run.id}?at=${began}`}">As of event ${integer(began)}</a><a class="btn" href="${at.present}">As it is now</a></p></div>`;
}
