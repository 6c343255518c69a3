// Cells of a table: numbers to the right, and the class that lets a column leave a narrow page.
import { type Html, html } from '../html.ts';

export type Rank = 'p1' | 'p2' | 'p3' | null;

/** `<td>` with a number, already printed. */
export function numberCell(content: Html | string, rank: Rank = null): Html {
  return html`<td class="${rank === null ? 'n' : `n ${rank}`}">${content}</td>`;
}

/** `<td>` with words. */
export function textCell(content: Html | string, rank: Rank = null): Html {
  return rank === null ? html`<td>${content}</td>` : html`<td class="${rank}">${content}</td>`;
}
