// Opens the ledger for one command and closes it again. After an update of the program the read models are made anew first, which takes a while
// for a large ledger and is shown.
import { ledgerFolder } from '../ledger/folder.ts';
import { type Ledger, openLedger } from '../ledger/index.ts';
import type { CliContext } from './context.ts';
import { rebuildingLine } from './screens/rebuilding.ts';

/** Opens the ledger, does the work and closes it, whatever happens. */
export async function withLedger<T>(context: CliContext, options: { write: boolean }, work: (ledger: Ledger) => Promise<T>): Promise<T> {
  const progress = await context.progress();
  const onRebuild = (done: number, total: number): void => {
    // A new ledger has nothing to show.
    if (total > 0) progress.show(() => [rebuildingLine(done, total, context.err)]);
  };
  const ledger = await openLedger(context.ledger, { ...options, onRebuild }).finally(() => progress.end());
  try {
    return await work(ledger);
  } finally {
    await ledger.close();
  }
}

/** The same for writing to a ledger that there is: where there is none, none is made. Error `ledger.missing`. */
export function withExistingLedger<T>(context: CliContext, work: (ledger: Ledger) => Promise<T>): Promise<T> {
  ledgerFolder(context.ledger, { create: false });
  return withLedger(context, { write: true }, work);
}
