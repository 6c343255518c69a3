// A process that trains an endless run, with another one queued behind it, and says when its first epoch is committed: killed.test.ts kills it.
import { openLedger } from '../../../app/ledger/index.ts';
import { createRecordingHost } from '../../../app/runs/host.ts';
import { queueRun, recordQueued } from '../../../app/runs/record.ts';
import { tinyDataSet, tinyRecipe } from './tiny.ts';

const ledger = await openLedger(process.argv[2] as string, { write: true });
const host = createRecordingHost(ledger, Date.now);
await queueRun(host, { recipe: tinyRecipe(), name: 'waiting', tags: [], sweep: null });
const run = await queueRun(host, {
  recipe: tinyRecipe({ epochs: Number(process.argv[3] ?? 1_000_000) }),
  name: 'victim',
  tags: [],
  sweep: null,
});

const epochs = ledger.database.prepare('SELECT count(*) FROM v1_epochs').pluck();
const stop = ledger.onChange(() => {
  if ((epochs.get() as number) === 0) return;
  stop();
  process.send?.({ runId: run.runId });
});
await recordQueued(host, run, tinyDataSet(), { threads: 1, signal: new AbortController().signal });
