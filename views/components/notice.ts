// A standing message: what it is about in one or two words, then a sentence, then at most one link.
import { type Html, html, nothing } from '../html.ts';

export interface Notice {
  strong: string;
  text: Html | string;
  link?: { href: string; word: string };
  kind?: 'warn' | 'bad' | 'good';
}

export function notice({ strong, text, link, kind }: Notice): Html {
  return html`<div class="notice${kind === undefined ? '' : ` ${kind}`}"><strong>${strong}</strong><span>${text}</span>${link === undefined ? nothing : html`<a href="${link.href}">${link.word}</a>`}</div>`;
}
