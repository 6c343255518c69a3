// The shell of every page: head, top bar, main part and foot. Pages bring their title and body; the server brings the Shell.
// Scripts are files with a nonce, styles are files: no page carries either inline.

import { brandMark } from './components/brand.ts';
import { integer } from './format/number.ts';
import { type Html, html } from './html.ts';
import type { Section, Shell } from './shell.ts';

/** How htmx behaves here: only our two extensions, no history of its own, errors of the server never replace what is on the page. */
const htmxConfig = JSON.stringify({
  extensions: 'sse,hx-csp',
  includeIndicatorCSS: false,
  history: false,
  noSwap: [204, 304, '4xx', '5xx'],
});

const everyPage = ['vendor/htmx.js', 'browser/live.ts'];

const sections: { section: Section; href: string; word: string }[] = [
  { section: 'runs', href: '/', word: 'Runs' },
  { section: 'compare', href: '/compare', word: 'Compare' },
  { section: 'ablations', href: '/ablations', word: 'Ablations' },
  { section: 'sql', href: '/sql', word: 'SQL' },
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
<a class="brand" href="/">${brandMark}Runledger</a>
<nav class="nav" aria-label="Main">${sections.map((entry) => navLink(entry, frame.current))}</nav>
<div class="bar-end"><span class="live" id="live" hx-sse:connect="/live?since=${shell.position}" hx-nonce="${shell.nonce}">event ${integer(shell.position)}</span></div>
</header>
<main id="main" class="page${frame.reading ? ' report' : ''}">
${frame.body}
</main>
<footer class="foot"><span>${integer(shell.position)} ${shell.position === 1 ? 'event' : 'events'}</span><a href="/sql">Query the ledger</a></footer>
</body>
</html>`;
}

function navLink({ section, href, word }: (typeof sections)[number], current: Section | null): Html {
  return section === current ? html`<a href="${href}" aria-current="page">${word}</a>` : html`<a href="${href}">${word}</a>`;
}

/** Our own files are modules; a vendor's file is a classic script. Both keep their order and run after parsing. */
function script(shell: Shell, name: string): Html {
  return name.endsWith('.ts')
    ? html`<script type="module" src="${shell.asset(name)}" nonce="${shell.nonce}"></script>\n`
    : html`<script src="${shell.asset(name)}" nonce="${shell.nonce}" defer></script>\n`;
}
