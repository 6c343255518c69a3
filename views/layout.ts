// The shell of every page: head, top bar, main part and foot. Pages bring their title and body; the server brings the Shell.
// Scripts are files with a nonce, styles are files: no page carries either inline.

import { asOf } from './asOf.ts';
import { brandMark } from './components/brand.ts';
import { integer } from './format/number.ts';
import { exactTime } from './format/time.ts';
import { type Html, html, nothing } from './html.ts';
import type { Section, Shell } from './shell.ts';

/** How htmx behaves here: only our two extensions, no history of its own, errors of the server never replace what is on the page. */
const htmxConfig = JSON.stringify({
  extensions: 'sse,hx-csp',
  includeIndicatorCSS: false,
  history: false,
  noSwap: [204, 304, '4xx', '5xx'],
});

const everyPage = ['vendor/htmx.js', 'browser/live.ts'];

const sections: { section: Section; href: string; word: string; timeless?: true }[] = [
  { section: 'runs', href: '/', word: 'Runs' },
  { section: 'compare', href: '/compare', word: 'Compare' },
  { section: 'ablations', href: '/ablations', word: 'Ablations' },
  { section: 'sql', href: '/sql', word: 'SQL', timeless: true },
];

export interface Frame {
  /** Of the document; the shell adds the product's name. */
  title: string;
  /** Which word of the top bar is current; null on error pages. */
  current: Section | null;
  /** The content of `<main>`: `.head` with the `<h1>` first. */
  body: Html;
  /** A reading page stops at 92rem; a working page uses the full width. */
  reading?: boolean;
  /** Browser modules this page needs, by asset name; every page has the live channel. */
  scripts?: string[];
}

/** The whole document. */
export function layout(shell: Shell, frame: Frame): Html {
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="htmx-config" content="${htmxConfig}">
<title>${frame.title} · Runledger</title>
<link rel="icon" type="image/svg+xml" href="${shell.asset('styles/icon.svg')}">
<link rel="stylesheet" href="${shell.asset('styles/all.css')}">
${[...everyPage, ...(frame.scripts ?? [])].map((name) => script(shell, name))}</head>
<body>
<a class="skip" href="#main">Skip to content</a>
<header class="bar">
<a class="brand" href="${asOf(shell.at?.position ?? null, '/')}">${brandMark}Runledger</a>
<nav class="nav" aria-label="Main">${sections.map((entry) => navLink(shell, entry, frame.current))}</nav>
<div class="bar-end">${live(shell)}</div>
</header>
${past(shell)}<main id="main" class="page${frame.reading ? ' report' : ''}">
${frame.body}
</main>
<footer class="foot"><span>${integer(shell.position)} ${shell.position === 1 ? 'event' : 'events'}</span><a href="/sql">Query the ledger</a></footer>
</body>
</html>`;
}

function navLink({ at }: Shell, { section, href, word, timeless }: (typeof sections)[number], current: Section | null): Html {
  const address = timeless ? href : asOf(at?.position ?? null, href);
  return section === current ? html`<a href="${address}" aria-current="page">${word}</a>` : html`<a href="${address}">${word}</a>`;
}

/** Nothing that happens now concerns a page of the past: it does not listen. */
function live({ at, position, nonce }: Shell): Html {
  if (at !== null) return html`<span class="live">event ${integer(at.position)} of ${integer(position)}</span>`;
  return html`<span class="live" id="live" hx-sse:connect="/live?since=${position}" hx-nonce="${nonce}">event ${integer(position)}</span>`;
}

function past({ at, position }: Shell): Html {
  if (at === null) return nothing;
  const later = position - at.position;
  return html`<aside class="past" aria-label="A moment of the past"><strong>As of event ${integer(at.position)}</strong><span>What the ledger knew at <time datetime="${at.recordedAt}">${exactTime(Date.parse(at.recordedAt))}</time>; ${integer(later)} ${later === 1 ? 'event has' : 'events have'} followed.</span><a href="${at.present}">Show now</a></aside>
`;
}

/** Our own files are modules; a vendor's file is a classic script. Both keep their order and run after parsing. */
function script(shell: Shell, name: string): Html {
  return name.endsWith('.ts')
    ? html`<script type="module" src="${shell.asset(name)}" nonce="${shell.nonce}"></script>\n`
    : html`<script src="${shell.asset(name)}" nonce="${shell.nonce}" defer></script>\n`;
}
