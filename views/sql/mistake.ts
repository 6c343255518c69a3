// A query that failed: what is wrong, how to repair it, and the line with a mark under the place.
import type { QueryError } from '../../app/sql/index.ts';
import { notice } from '../components/notice.ts';
import { type Html, html } from '../html.ts';

export function mistake(query: string, error: QueryError): Html {
  const text = [error.place, error.help].filter(Boolean).join(' · ');
  return html`${notice({ strong: error.message, text, kind: 'bad' })}${error.mistake === null ? '' : pointed(query, error.mistake)}`;
}

/** The line of the mistake, the wrong word bold, carets below. */
function pointed(query: string, { offset, length }: { offset: number; length: number }): Html {
  const start = query.lastIndexOf('\n', offset - 1) + 1;
  const end = query.indexOf('\n', offset);
  const line = query.slice(start, end < 0 ? undefined : end);
  const column = offset - start;
  const shown = Math.max(1, Math.min(length, line.length - column));
  return html`<p class="mistake section-note">${line.slice(0, column)}<b>${line.slice(column, column + shown)}</b>${line.slice(column + shown)}
${' '.repeat(column)}<b>${'^'.repeat(shown)}</b></p>`;
}
