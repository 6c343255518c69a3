// The size budget of section 3 of the design, on facts of the seed recipe's shapes and numbers that do not compress.
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { openLedger } from '../../../app/ledger/index.ts';
import { eventSource, streamOf } from '../../contracts/events.ts';
import { asEvents, record, syntheticFacts } from './synthetic.ts';

test('the seed recipe over 100 epochs takes at most 1.5 MB, read models included', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'runledger-'));
  const ledger = await openLedger(folder, { write: true });
  await record(ledger.log, streamOf('run', 1), 0, asEvents(syntheticFacts({ epochs: 100 }), eventSource()));
  const rows = ledger.database.prepare<[], number>('SELECT count(*) FROM v1_steps').pluck().get();
  await ledger.close();
  const { size } = statSync(join(folder, 'ledger.db'));
  console.log(`100 epochs of the seed recipe: ${(size / 1e6).toFixed(2)} MB`);
  rmSync(folder, { recursive: true });
  expect(rows).toBe(2000);
  expect(size).toBeLessThanOrEqual(1_500_000);
});
