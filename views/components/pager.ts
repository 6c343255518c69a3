// Which rows of how many, and the ways to the rows before and after.
import { integer } from '../format/number.ts';
import { type Html, html } from '../html.ts';

export interface Pager {
  /** From 1. */
  page: number;
  pages: number;
  first: number;
  last: number;
  total: number;
  /** Stands behind the rows, e.g. what ± means. */
  note: string;
  href: (page: number) => string;
  words: { before: string; after: string };
}

export function pager({ page, pages, first, last, total, note, href, words }: Pager): Html {
  const rows = total === 0 ? 'No rows' : `Rows ${integer(first)}–${integer(last)} of ${integer(total)}`;
  const link = (target: number, word: string, rel: string): Html =>
    target < 1 || target > pages
      ? html`<span class="btn plain" aria-disabled="true">${word}</span>`
      : html`<a class="btn" rel="${rel}" href="${href(target)}">${word}</a>`;
  return html`<nav class="pager" aria-label="Pages"><span>${rows}${note === '' ? '' : ` · ${note}`}</span>${
    pages > 1 ? html`<span class="cluster">${link(page - 1, words.before, 'prev')}${link(page + 1, words.after, 'next')}</span>` : ''
  }</nav>`;
}
