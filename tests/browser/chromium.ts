// A real Chromium for browser tests, and what every page must keep to: nothing on the console, nothing refused by its own policy.
import { existsSync } from 'node:fs';
import { type Browser, type BrowserContextOptions, chromium, type Page } from 'playwright-core';

export const executable = process.env.CHROMIUM ?? '/usr/bin/chromium';
/** False where this machine has no browser; the run of all tests then counts the skipped ones. */
export const hasBrowser = existsSync(executable);
if (!hasBrowser) console.log(`No browser at ${executable}: browser tests are skipped. Install chromium or set CHROMIUM.`);

const quiet = ['--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync'];

export function launch(): Promise<Browser> {
  return chromium.launch({ executablePath: executable, args: ['--headless', '--no-sandbox', '--disable-gpu', ...quiet] });
}

const tellViolations =
  "document.addEventListener('securitypolicyviolation', (event) => console.error('policy: ' + event.violatedDirective + ' ' + event.blockedURI))";

export interface WatchedPage {
  page: Page;
  /** Errors on the console, exceptions, violations of the content policy; a test expects none. */
  complaints: string[];
}

export async function openPage(browser: Browser, options: BrowserContextOptions = {}): Promise<WatchedPage> {
  const context = await browser.newContext(options);
  const page = await context.newPage();
  const complaints: string[] = [];
  page.on('pageerror', (error) => complaints.push(`exception: ${error.message}`));
  page.on('console', (message) => {
    if (message.type() === 'error' || message.type() === 'warning') complaints.push(`${message.type()}: ${message.text()}`);
  });
  await page.addInitScript(tellViolations);
  return { page, complaints };
}
