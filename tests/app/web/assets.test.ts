// Files of pages: addressed by their hash, kept for ever, compressed where asked, and nothing but the listed ones.
import { brotliDecompressSync } from 'node:zlib';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { assetUrl } from '../../../app/web/assets.ts';
import { type OpenPages, openPages } from './open.ts';

let pages: OpenPages;

beforeAll(async () => {
  pages = await openPages();
});
afterAll(() => pages.shut());

test('every file a page names is there, with its type, for ever', async () => {
  const { text } = await pages.get('/sql');
  const names = [...text.matchAll(/(?:src|href)="(\/assets\/[^"]+)"/g)].map(([, url]) => url!);
  expect(names.length).toBeGreaterThan(3);
  for (const url of names) {
    const response = await pages.app.request(url);
    expect([url, response.status]).toEqual([url, 200]);
    expect(response.headers.get('Cache-Control')).toContain('immutable');
    expect(response.headers.get('Content-Type')).toMatch(
      url.endsWith('.css') ? /^text\/css/ : url.endsWith('.svg') ? /^image\/svg/ : /^text\/javascript/,
    );
  }
});

test('browser scripts come without types, and their imports lead to other assets', async () => {
  const script = await (await pages.app.request(assetUrl('browser/charts.ts'))).text();
  expect(script).not.toMatch(/: (string|number|HTMLElement)\b/);
  for (const [, target] of script.matchAll(/from '\.\/([^']+)'/g)) expect(() => assetUrl(`browser/${target}`)).not.toThrow();
});

test('brotli where the browser takes it', async () => {
  const plain = await (await pages.app.request(assetUrl('styles/all.css'))).text();
  const response = await pages.app.request(assetUrl('styles/all.css'), { headers: { 'Accept-Encoding': 'gzip, br' } });
  expect(response.headers.get('Content-Encoding')).toBe('br');
  const bytes = Buffer.from(await response.arrayBuffer());
  expect(bytes.byteLength).toBeLessThan(plain.length / 3);
  expect(brotliDecompressSync(bytes).toString()).toBe(plain);
});

test.each([
  '/assets/000000000000/styles/all.css',
  `${assetUrl('styles/all.css')}.map`,
  '/assets/..%2f..%2fpackage.json',
  assetUrl('styles/all.css').replace('all.css', '..%2ftokens.css'),
])('%s is not found', async (path) => {
  expect((await pages.app.request(path)).status).toBe(404);
});
