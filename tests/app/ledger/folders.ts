// Folders of their own for tests that need a ledger on disk, gone when the test is over.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { type Ledger, type OpenOptions, openLedger } from '../../../app/ledger/index.ts';

export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'runledger-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** Closed when the test is over, if the test has not done so. */
export async function temporaryLedger(options: Partial<OpenOptions> & { folder?: string } = {}): Promise<Ledger> {
  const { folder = temporaryFolder(), ...rest } = options;
  const ledger = await openLedger(folder, { write: true, ...rest });
  onTestFinished(async () => {
    if (ledger.database.open) await ledger.close();
  });
  return ledger;
}
