// The state of a run: a word, whose glyph and colour the style sheet knows.
import { type Html, html } from '../html.ts';

/** `queued`, `running`, `completed`, `failed`, `stopped`, `suspect` or `interrupted`. */
export function status(word: string): Html {
  return html`<span class="${`status ${word}`}">${word}</span>`;
}

/** The same under a name, for pages too narrow for a column of its own; completed is the norm and stays unsaid. */
export function narrowStatus(word: string): Html | '' {
  return word === 'completed' ? '' : html`<span class="${`status ${word} only-narrow`}">${word}</span>`;
}
