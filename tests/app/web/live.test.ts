// The live channel: says that the ledger has grown, once a second at most, and never keeps the server from closing.
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { WebContext } from '../../../app/web/deps.ts';
import { LiveChannel } from '../../../app/web/live.ts';

/** What the channel needs of a request. */
function request(position: number, { since, last }: { since?: string; last?: string } = {}): WebContext {
  return {
    get: () => ({ position }),
    req: { header: () => last, query: () => since },
    body: (stream: ReadableStream, status: number, headers: Record<string, string>) => new Response(stream, { status, headers }),
    text: (text: string, status: number, headers: Record<string, string>) => new Response(text, { status, headers }),
  } as unknown as WebContext;
}

let tell: (position: number) => void;
let listening: boolean;
let channel: LiveChannel;

beforeEach(() => {
  vi.useFakeTimers();
  listening = true;
  channel = new LiveChannel({
    onChange(listener) {
      tell = listener;
      return () => {
        listening = false;
      };
    },
  });
});
afterEach(() => {
  channel.close();
  vi.useRealTimers();
});

async function next(response: Response): Promise<() => Promise<string>> {
  const reader = response.body!.getReader();
  return async () => new TextDecoder().decode((await reader.read()).value);
}

describe('what a page is told', () => {
  test('at first only where the ledger stands', async () => {
    const read = await next(channel.open(request(1204, { since: '1204' })));
    expect(await read()).toBe('data: <i class="dot"></i>live · event 1,204\n\n');
  });

  test.each([
    ['rendered', { since: '1200' }],
    ['last told', { since: '1204', last: '1200' }],
  ])('at once that it has grown since it was %s', async (_when, query) => {
    const read = await next(channel.open(request(1204, query)));
    expect(await read()).toContain('event: appended\nid: 1204\ndata: 1204\n\n');
  });

  test('of many commits within a second once, with the newest position', async () => {
    const read = await next(channel.open(request(10)));
    await read();
    for (const position of [11, 12, 14, 13]) tell(position);
    vi.advanceTimersByTime(1000);
    expect(await read()).toBe('data: <i class="dot"></i>live · event 14\n\nevent: appended\nid: 14\ndata: 14\n\n');
    tell(15);
    vi.advanceTimersByTime(1000);
    expect(await read()).toContain('event 15');
  });

  test('a comment when nothing happens, so that the connection lives', async () => {
    const read = await next(channel.open(request(10)));
    await read();
    vi.advanceTimersByTime(15_000);
    expect(await read()).toMatch(/^:/);
  });
});

describe('connections', () => {
  test('are limited; one that leaves makes room', async () => {
    const open = Array.from({ length: 64 }, () => channel.open(request(1)));
    expect(channel.open(request(1)).status).toBe(503);
    await open[0]!.body!.cancel();
    expect(channel.open(request(1)).status).toBe(200);
  });

  test('end when the channel closes, and nobody listens to the ledger any more', async () => {
    const reader = channel.open(request(1)).body!.getReader();
    await reader.read();
    tell(2);
    channel.close();
    expect((await reader.read()).done).toBe(true);
    expect(listening).toBe(false);
    expect(vi.getTimerCount()).toBe(0);
    expect(channel.open(request(1)).status).toBe(503);
  });
});
