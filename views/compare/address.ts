// Links that change one thing of the comparison's state, which is its address.
import type { CompareView } from '../../app/web/models/compare.ts';
import { type Html, html, nothing } from '../html.ts';

export function address(view: CompareView, change: Partial<CompareView> = {}): string {
  const next = { ...view, ...change };
  const query = new URLSearchParams({ runs: next.runs });
  if (next.baseline !== null) query.set('baseline', next.baseline);
  if (next.epoch !== 'last') query.set('epoch', next.epoch);
  if (next.apart) query.set('repeats', 'apart');
  if (next.allSettings) query.set('recipe', 'all');
  if (next.layer !== null) query.set('layer', next.layer);
  if (next.at !== null) query.set('at', String(next.at));
  return `/compare?${query}`;
}

export function link(view: CompareView, change: Partial<CompareView>, word: string, current: boolean, fragment = ''): Html {
  return html`<a href="${address(view, change)}${fragment}"${current ? html` aria-current="true"` : nothing}>${word}</a>`;
}
