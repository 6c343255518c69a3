// What a replay of a run found: a badge, where there was one.
import { type Html, html, nothing } from '../html.ts';

/** `differsAt` is the epoch of the first difference, where it is known. */
export function replayBadge(verdict: string | null, differsAt: number | null = null): Html {
  if (verdict === null) return nothing;
  if (verdict === 'identical') return html`<span class="badge good" title="Trained again, with the same bits">replay identical</span>`;
  return html`<span class="badge bad" title="Trained again, with other bits">replay differs${differsAt === null ? '' : ` at epoch ${differsAt}`}</span>`;
}
