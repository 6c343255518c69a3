// A place where there is nothing yet: says so, and what to type next.
import { type Html, html, nothing } from '../html.ts';

export interface Empty {
  heading: string;
  /** One sentence. */
  text: string;
  /** A command to paste. */
  command?: string;
}

export function empty({ heading, text, command }: Empty): Html {
  return html`<div class="empty"><h2>${heading}</h2><p>${text}</p>${command === undefined ? nothing : html`<p class="code">${command}</p>`}</div>`;
}
