// `runledger demo`, what `npm start` runs: trains what is missing of the demonstration ablation while its pages are served,
// ends in a table, and goes on serving until Ctrl-C.
import { join } from 'node:path';
import { Command } from 'commander';
import type { CliContext } from '../context.ts';
import { type AddressOptions, addressOptions } from './serve.ts';
import { type DataSetLoader, loadKnown } from './train.ts';

const demonstration = join(import.meta.dirname, '../../../recipes/ablation-batchnorm.yaml');
/** Side by side, however many cores there are: each trial then shows its curve from the first second on. */
const workers = 2;

export function demoCommand(context: CliContext, load: DataSetLoader = loadKnown, path: string = demonstration): Command {
  const command = new Command('demo').description('the demonstration: batch normalization, with and without, on MNIST, and its pages');
  return addressOptions(command).action((options: AddressOptions) =>
    // From the first moment on, so that Ctrl-C is never too early to end cleanly.
    context.interruptible((signal) => demo(context, path, options, load, signal)),
  );
}

async function demo(
  context: CliContext,
  path: string,
  { port, host: address }: AddressOptions,
  load: DataSetLoader,
  signal: AbortSignal,
): Promise<void> {
  const { startServer } = await import('../../web/server.ts');
  const { readSweepFile } = await import('../../sweeps/file.ts');
  const { planSweep } = await import('../../sweeps/plan.ts');
  const { recordAbandoned } = await import('../../sweeps/abandoned.ts');
  const { withLedger } = await import('../withLedger.ts');
  const { createRecordingHost } = await import('../../runs/host.ts');
  const { followSweep, printSweep } = await import('../sweeping.ts');

  await withLedger(context, { write: true }, async (ledger) => {
    const server = await startServer({ ledger, host: address, port, clock: context.host.clock });
    try {
      const { paint } = context.out;
      context.out.line(`The network as it learns: ${paint.bold(server.url)}\n`);
      const host = createRecordingHost(ledger, context.host.clock);
      await recordAbandoned(host);
      const plan = await planSweep(readSweepFile(path), load);
      // Nothing is declared where Ctrl-C came before.
      signal.throwIfAborted();
      const outcome = await followSweep(context, host, plan, { workers, signal });
      printSweep(context, ledger.database, plan, outcome);
      if (outcome.failed > 0) context.exitCode = 1;
      if (!signal.aborted) context.out.line(`\nCompare the runs on ${paint.bold(server.url)}; Ctrl-C ends.`);
      await aborted(signal);
    } finally {
      await server.close();
    }
  });
}

/** Resolves when Ctrl-C asks for the end. */
function aborted(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return Promise.resolve();
  return new Promise((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }));
}
