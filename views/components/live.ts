// A part of a page that keeps itself up to date: when the ledger has grown, htmx fetches the same part again and morphs it in
// place. Without script it is a plain element.
import { type Html, html } from '../html.ts';
import type { Shell } from '../shell.ts';

export interface LiveRegion {
  /** Of the element; the response must hold an element with the same id. */
  id: string;
  /** A page, or a smaller address that renders this part alone. */
  url: string;
  body: Html;
  /** Id of a larger element to exchange instead; the response must hold it. */
  exchange?: string;
}

/** `<div id>` around the part; give ids to its rows, so that they are matched and never recreated. A page of the past stays as it is. */
export function liveRegion(shell: Shell, { id, url, body, exchange = id }: LiveRegion): Html {
  if (shell.at !== null) return html`<div id="${id}">${body}</div>`;
  return html`<div id="${id}" hx-get="${url}" hx-trigger="appended from:body" hx-target="${`#${exchange}`}" hx-select="${`#${exchange}`}" hx-swap="outerMorph" hx-nonce="${shell.nonce}">${body}</div>`;
}
