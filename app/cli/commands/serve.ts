// `runledger serve`: the pages of a ledger, until Ctrl-C. Trains nothing; runs whose process is gone are found interrupted.
import { setTimeout } from 'node:timers/promises';
import { Command } from 'commander';
import { defaultAddress } from '../address.ts';
import type { CliContext } from '../context.ts';
import { wholeNumber } from '../options.ts';

export interface AddressOptions {
  port: number;
  host: string;
}

export function serveCommand(context: CliContext): Command {
  return addressOptions(new Command('serve').description('serve the pages of the ledger')).action((options: AddressOptions) =>
    serve(context, options),
  );
}

/** What `serve` and the demonstration both take. */
export function addressOptions(command: Command): Command {
  return command
    .option('--port <n>', 'port of the pages; 0 takes any free one', wholeNumber(0), defaultAddress.port)
    .option('--host <address>', 'address to bind; beyond this machine a token is asked for', defaultAddress.host);
}

async function serve(context: CliContext, { port, host }: AddressOptions): Promise<void> {
  const { startServer } = await import('../../web/server.ts');
  const { recordAbandoned } = await import('../../sweeps/abandoned.ts');
  const { createRecordingHost } = await import('../../runs/host.ts');
  const { withLedger } = await import('../withLedger.ts');
  await withLedger(context, { write: true }, (ledger) =>
    context.interruptible(async (signal) => {
      const server = await startServer({ ledger, host, port, clock: context.host.clock });
      try {
        const recording = createRecordingHost(ledger, context.host.clock);
        await recordAbandoned(recording);
        context.out.line(`serving ${context.ledger} on ${context.out.paint.bold(server.url)}`);
        context.err.line(context.err.paint.muted('Ctrl-C ends it.'));
        await untilAborted(signal, () => recordAbandoned(recording));
      } finally {
        await server.close();
      }
    }),
  );
}

/** Other processes train and may die while pages are served. */
const watchMs = 10_000;

async function untilAborted(signal: AbortSignal, watch: () => Promise<void>): Promise<void> {
  while (!signal.aborted) {
    await setTimeout(watchMs, undefined, { signal }).catch(() => {});
    if (!signal.aborted) await watch();
  }
}
