// Makes the README's first picture: the compare page of a served ledger, as the system's Chromium shows it.
// `node app/launch.js --program tests/pictures/compare.ts 'http://127.0.0.1:4242/compare?runs=…'`
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { launch, openPage } from '../browser/chromium.ts';

const address = process.argv[2];
if (address === undefined) throw new Error('give the address of a compare page');

const folder = join(import.meta.dirname, '../../docs/pictures');
mkdirSync(folder, { recursive: true });
const browser = await launch();
const { page, complaints } = await openPage(browser, { viewport: { width: 1440, height: 1012 }, colorScheme: 'light' });
await page.goto(address, { waitUntil: 'load' });
await page.screenshot({ path: join(folder, 'compare.png') });
await browser.close();
for (const complaint of complaints) console.error(complaint);
process.exitCode = complaints.length === 0 ? 0 : 1;
