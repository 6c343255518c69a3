// An error as a page: its code, what happened, how to repair it and a way out.
import { type Html, html, nothing } from '../html.ts';

export interface Fault {
  status: number;
  code: string;
  message: string;
  help: string | undefined;
}

export function fault({ status, code, message, help }: Fault): Html {
  return html`<div class="fault"><p class="small muted">${status} · ${code}</p><h1>${message}</h1>${help === undefined ? nothing : html`<p>${help}</p>`}<p class="cluster"><a class="btn" href="/">All runs</a></p></div>`;
}
