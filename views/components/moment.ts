// A form on a page of the past asks for another page of the same moment.
import { type Html, html, nothing } from '../html.ts';

/** Nothing in the present, where `at` is null. */
export function momentField(at: number | null): Html {
  return at === null ? nothing : html`<input type="hidden" name="at" value="${at}">`;
}
