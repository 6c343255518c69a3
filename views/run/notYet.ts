// A run that had not begun at the moment asked for: when it did, and the ways there.
import type { RunPage } from '../../app/web/models/run.ts';
import { integer } from '../format/number.ts';
import { exactTime } from '../format/time.ts';
import { type Html, html, nothing } from '../html.ts';
import type { PageMoment } from '../shell.ts';

export interface NotYet {
  run: Pick<RunPage['run'], 'id' | 'name' | 'queuedAt' | 'startedAt'>;
  at: PageMoment;
  /** Position of its first event. */
  began: number;
}

export function notYetPage({ run, at, began }: NotYet): Html {
  const recorded = run.queuedAt ?? run.startedAt;
  const time = recorded === null ? nothing : html`, of <time datetime="${recorded}">${exactTime(Date.parse(recorded))}</time>`;
  return html`<div class="fault"><p class="small muted">404 · run.later</p><h1>${run.name} had not begun at event ${integer(at.position)}.</h1><p>Its first event is number ${integer(began)}${time}.</p><p class="cluster"><a class="btn primary" href="${`/runs/${run.id}?at=${began}`}">As of event ${integer(began)}</a><a class="btn" href="${at.present}">As it is now</a></p></div>`;
}
