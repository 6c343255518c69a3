// Who may ask for what, and what a response forbids: the guards in the order in which a request meets them.
import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { hostNames, isLoopback } from '../../../app/web/security/hosts.ts';
import { openAccess } from '../../../app/web/security/token.ts';
import { type OpenPages, openPages } from './open.ts';

let pages: OpenPages;

beforeAll(async () => {
  pages = await openPages({ hosts: hostNames('127.0.0.1') });
});
afterAll(() => pages.shut());

const ask = (path: string, init: RequestInit = {}) => pages.app.request(`http://127.0.0.1:4242${path}`, init);

describe('host', () => {
  test.each(['127.0.0.1:4242', 'localhost', 'LOCALHOST:80', '[::1]:4242'])('%s is this machine', async (host) => {
    expect((await ask('/', { headers: { Host: host } })).status).toBe(200);
  });

  test.each(['evil.example', 'evil.example:4242', '127.0.0.1.evil.example', '169.254.1.1', ''])('“%s” is refused', async (host) => {
    const response = await ask('/', { headers: { Host: host } });
    expect(response.status).toBe(421);
    expect(await response.text()).toContain('web.host');
  });

  test('beyond loopback the names of the machine are known too', () => {
    expect(['localhost', '127.0.0.1', '::1', '127.8.0.1'].map(isLoopback)).toEqual([true, true, true, true]);
    expect(['0.0.0.0', '192.168.1.5', 'example.org', '127.evil.example'].map(isLoopback)).toEqual([false, false, false, false]);
    expect(hostNames('0.0.0.0')).toEqual(expect.arrayContaining(['localhost', '127.0.0.1', '0.0.0.0']));
    expect(hostNames('fe80::1')).toContain('[fe80::1]');
  });
});

describe('origin', () => {
  const post = (headers: Record<string, string>) => ask('/', { method: 'POST', headers });

  test.each([
    ['another site', { 'Sec-Fetch-Site': 'cross-site' }],
    ['a sister of this site', { 'Sec-Fetch-Site': 'same-site', Origin: 'http://127.0.0.1:4242' }],
    ['a foreign origin', { Origin: 'http://evil.example' }],
    ['a foreign port', { Origin: 'http://127.0.0.1:9999' }],
    ['nobody', {}],
    ['a JSON body from nobody', { 'Content-Type': 'application/json' }],
  ])('a POST from %s is refused', async (_who, headers) => {
    const response = await post(headers);
    expect([response.status, await response.text()]).toEqual([403, expect.stringContaining('web.origin')]);
  });

  test('a POST from our own page passes this guard; no page takes one yet', async () => {
    expect((await post({ 'Sec-Fetch-Site': 'same-origin' })).status).toBe(404);
    expect((await post({ Origin: 'http://127.0.0.1:4242' })).status).toBe(404);
  });
});

describe('bodies', () => {
  const post = (body: string | ReadableStream) =>
    ask('/', { method: 'POST', headers: { 'Sec-Fetch-Site': 'same-origin' }, body, duplex: 'half' } as RequestInit);

  test('beyond 64 kB are refused, declared or in pieces', async () => {
    expect((await post('x'.repeat(60_000))).status).toBe(404);
    expect((await post('x'.repeat(70_000))).status).toBe(413);
    const pieces = new ReadableStream({
      start(controller) {
        for (let i = 0; i < 10; i++) controller.enqueue(new Uint8Array(10_000));
        controller.close();
      },
    });
    expect((await post(pieces)).status).toBe(413);
  });
});

describe('headers', () => {
  test('no inline script or style, no framing, no guessing of types; a new nonce each time', async () => {
    const policies = await Promise.all([ask('/'), ask('/nowhere'), ask('/sql')].map(async (response) => (await response).headers));
    for (const headers of policies) {
      const policy = headers.get('Content-Security-Policy')!;
      expect(policy).toContain("default-src 'none'");
      expect(policy).toContain("frame-ancestors 'none'");
      expect(policy).toContain("base-uri 'none'");
      expect(policy).not.toMatch(/script-src[^;]*unsafe|style-src [^;]*unsafe/);
      expect(headers.get('X-Content-Type-Options')).toBe('nosniff');
      expect(headers.get('X-Frame-Options')).toBe('DENY');
    }
    expect(new Set(policies.map((headers) => headers.get('Content-Security-Policy'))).size).toBe(3);
  });

  test('the nonce of the page is the nonce of its policy', async () => {
    const response = await ask('/');
    const nonce = response.headers.get('Content-Security-Policy')!.match(/'nonce-([^']+)'/)![1]!;
    const text = await response.text();
    const stamps = [...text.matchAll(/nonce="([^"]+)"/g)].map(([, stamp]) => stamp);
    expect(stamps.length).toBeGreaterThan(3);
    expect(new Set(stamps)).toEqual(new Set([nonce]));
  });
});

describe('beyond loopback', () => {
  test('the token file is for its owner alone and stays the same', () => {
    const first = openAccess(pages.ledger.folder);
    const second = openAccess(pages.ledger.folder);
    expect(second.token).toBe(first.token);
    expect(second.ticket).not.toBe(first.ticket);
    const file = join(pages.ledger.folder, 'token');
    expect(readFileSync(file, 'utf8').trim()).toHaveLength(43);
    if (process.platform !== 'win32') expect(statSync(file).mode & 0o777).toBe(0o600);
  });

  test('nobody enters without; a ticket works once and leaves a cookie; programs send the bearer token', async () => {
    const access = openAccess(pages.ledger.folder);
    const { ticket, token } = access;
    const guarded = await openPages({ access });
    const get = (path: string, headers: Record<string, string> = {}) => guarded.app.request(path, { headers });
    expect((await get('/')).status).toBe(401);
    expect((await get('/live')).status).toBe(401);
    expect((await get('/?ticket=wrong')).status).toBe(401);
    expect((await get('/', { Cookie: `runledger=${token}` })).status).toBe(401);
    expect((await get('/', { Authorization: `Bearer ${token}x` })).status).toBe(401);
    expect((await get('/', { Authorization: `Bearer ${token}` })).status).toBe(200);

    const entered = await get(`/?ticket=${ticket}`);
    expect([entered.status, entered.headers.get('Location')]).toEqual([302, '/']);
    const cookie = entered.headers.get('Set-Cookie')!;
    expect(cookie).toMatch(/HttpOnly/);
    expect(cookie).toMatch(/SameSite=Strict/);
    expect(cookie).not.toContain(token);
    expect((await get('/', { Cookie: cookie.split(';')[0]! })).status).toBe(200);
    expect((await get(`/?ticket=${ticket}`)).status).toBe(401);
    await guarded.shut();
  });
});
