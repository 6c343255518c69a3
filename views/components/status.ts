// The state of a run: a word, whose glyph and colour the style sheet knows.
import { type Html, html } from '../html.ts';

/** `queued`, `running`, `completed`, `failed`, `stopped`, `suspect` or `interrupted`; `only` as a class shows it on narrow pages only. */
export function status(word: string, options: { onlyNarrow?: boolean } = {}): Html {
  return html`<span class="status ${word}${options.onlyNarrow ? ' only-narrow' : ''}">${word}</span>`;
}
