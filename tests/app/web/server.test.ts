// The socket: addresses, taken ports, limits, and a close that waits for no open page.
import { createServer } from 'node:net';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startServer } from '../../../app/web/server.ts';
import { type OpenPages, openPages } from './open.ts';

let pages: OpenPages;

beforeAll(async () => {
  pages = await openPages();
});
afterAll(() => pages.shut());

const start = (options: { host?: string; port?: number } = {}) =>
  startServer({
    ledger: pages.ledger,
    clock: pages.clock,
    host: '127.0.0.1',
    port: 0,
    report: (error) => pages.reported.push(error),
    ...options,
  });

describe('serving', () => {
  test('answers under the address it gives, and closes while a page listens', async () => {
    const server = await start();
    expect(server.url).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/$/);
    expect((await fetch(server.url)).status).toBe(200);
    const live = await fetch(`${server.url}live`);
    const reader = live.body!.getReader();
    await reader.read();
    await server.close();
    await expect(fetch(server.url)).rejects.toThrow();
    // The stream ends, in good order or with its connection.
    const last = await reader.read().catch(() => ({ done: true }));
    expect(last.done).toBe(true);
  });

  test('a taken port is an error that names the next one', async () => {
    const other = createServer();
    await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve));
    const { port } = other.address() as { port: number };
    await expect(start({ port })).rejects.toMatchObject({
      code: 'web.port',
      message: `Port ${port} on 127.0.0.1 is taken by another program.`,
      help: `Give another one: --port ${port + 1}`,
    });
    await new Promise((resolve) => other.close(resolve));
  });

  test('headers beyond 16 kB are refused', async () => {
    const server = await start();
    const response = await fetch(server.url, { headers: { 'X-Long': 'x'.repeat(20_000) } });
    expect(response.status).toBe(431);
    await server.close();
  });

  test('beyond loopback the address carries a ticket and the door is shut', async () => {
    const server = await start({ host: '0.0.0.0' });
    const { port, searchParams } = new URL(server.url);
    expect(searchParams.get('ticket')).toHaveLength(22);
    expect((await fetch(`http://127.0.0.1:${port}/`)).status).toBe(401);
    await server.close();
  });
});
