// Opens the ledger for one command and closes it again.
import { type Ledger, openLedger } from '../ledger/index.ts';
import type { CliContext } from './context.ts';

/** Opens the ledger, does the work and closes it, whatever happens. */
export async function withLedger<T>(context: CliContext, options: { write: boolean }, work: (ledger: Ledger) => Promise<T>): Promise<T> {
  const ledger = await openLedger(context.ledger, options);
  try {
    return await work(ledger);
  } finally {
    await ledger.close();
  }
}
