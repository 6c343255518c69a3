// The mark of the product: three lines of a ledger and a falling loss.
import { type Html, html } from '../html.ts';

export const brandMark: Html = html`<svg viewBox="0 0 20 20" aria-hidden="true"><path d="M1 4.5h18M1 10h18M1 15.5h18" fill="none" stroke="currentColor" stroke-opacity=".35"/><path class="ln k1 bold" d="M2 2.5C4 11 7 13.5 18 15.5"/></svg>`;
