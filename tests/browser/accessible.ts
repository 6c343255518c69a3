// What axe finds on a page, and whether it scrolls sideways.
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { AxeResults } from 'axe-core';
import type { Page } from 'playwright-core';

const source = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

/** `rule: element` for each finding; with `colours` alone, of the rules about colours, which are all that a dark page can break by itself. */
export async function findings(page: Page, rules: 'all' | 'colours' = 'all'): Promise<string[]> {
  // By the protocol, which the content policy of the page does not bind.
  await page.evaluate(source);
  const results = await page.evaluate<AxeResults>(
    rules === 'all' ? 'axe.run()' : `axe.run({ runOnly: { type: 'rule', values: ['color-contrast', 'link-in-text-block'] } })`,
  );
  return results.violations.flatMap(({ id, nodes }) =>
    nodes.map(({ html, failureSummary }) => `${id}: ${html.slice(0, 160)} ${failureSummary ?? ''}`),
  );
}

const reaching = `(() => {
  const width = document.documentElement.clientWidth;
  if (document.documentElement.scrollWidth <= width) return [];
  return [...document.querySelectorAll('body *')]
    .filter((element) => element.getBoundingClientRect().right > width + 1)
    .map((element) => element.outerHTML.slice(0, 120));
})()`;

/** Elements that reach over the right edge of the window; none while the page itself does not scroll sideways. */
export function overflowing(page: Page): Promise<string[]> {
  return page.evaluate<string[]>(reaching);
}
