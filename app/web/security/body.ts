// No page takes more than a small form: what is larger is refused before it is read.
import type { MiddlewareHandler } from 'hono';
import { bodyLimit } from 'hono/body-limit';
import { RunledgerError } from '../../../trainer/errors.ts';
import type { WebEnv } from '../deps.ts';

const mostBytes = 65_536;

/** Refuses with `web.body`, whether the length was declared or comes in pieces. */
export function limitBody(): MiddlewareHandler<WebEnv> {
  return bodyLimit({
    maxSize: mostBytes,
    onError: () => {
      throw new RunledgerError('web.body', `A request may carry ${mostBytes / 1024} kB.`, { help: 'Send less' });
    },
  });
}
