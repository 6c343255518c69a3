// A report says how to serve its page only where nobody does.
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, test } from 'vitest';
import { isServed } from '../../../app/cli/address.ts';

test('a page is served where the server knows it', async () => {
  const asked: string[] = [];
  const server = createServer((request, response) => {
    asked.push(`${request.method} ${request.url}`);
    response.writeHead(request.url === '/runs/known' ? 200 : 404).end();
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  expect(await isServed(`${origin}/runs/known`)).toBe(true);
  expect(await isServed(`${origin}/runs/other`)).toBe(false);
  expect(asked).toEqual(['HEAD /runs/known', 'HEAD /runs/other']);
  server.close();
  await once(server, 'close');
  expect(await isServed(`${origin}/runs/known`)).toBe(false);
});

test('who does not speak HTTP, or hangs up, serves nothing', async () => {
  const server = createServer((request) => request.socket.destroy()).listen(0, '127.0.0.1');
  await once(server, 'listening');
  expect(await isServed(`http://127.0.0.1:${(server.address() as AddressInfo).port}/runs/known`)).toBe(false);
  server.close();
});
