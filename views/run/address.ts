// Links that change one thing of the page's state, which is its address.
import type { RunPage, RunView } from '../../app/web/models/run.ts';

export function address({ run, view }: Pick<RunPage, 'run' | 'view'>, change: Partial<RunView>, fragment: string): string {
  const next = { ...view, ...change };
  const query = new URLSearchParams();
  if (next.layer !== null) query.set('layer', next.layer);
  if (next.at !== null) query.set('at', String(next.at));
  if (next.type !== null) query.set('type', next.type);
  if (Number.isFinite(next.before)) query.set('before', String(next.before));
  const text = query.toString();
  return `/runs/${run.id}${text === '' ? '' : `?${text}`}#${fragment}`;
}
