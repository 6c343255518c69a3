// The four ports and who implements them: one line an implementation.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Ledger, openLedger } from '../../app/ledger/index.ts';
import { memoryBlobs } from '../../app/ledger/memory/blobs.ts';
import { memoryLog } from '../../app/ledger/memory/log.ts';
import { memoryReadModels } from '../../app/ledger/memory/readModels.ts';
import { memoryWork } from '../../app/ledger/memory/work.ts';
import { blobsContract } from './blobs.ts';
import { idSource } from './events.ts';
import { logContract, type Opened } from './log.ts';
import { readModelsContract } from './readModels.ts';
import { workContract } from './work.ts';

const inMemory = <Port>(port: Port): Opened<Port> => ({ port, close: async () => {} });

/** One port of a real ledger in a folder of its own. */
async function onDisk<Port>(choose: (ledger: Ledger) => Port, clock: () => number = Date.now): Promise<Opened<Port>> {
  const folder = mkdtempSync(join(tmpdir(), 'runledger-'));
  const ledger = await openLedger(folder, { write: true, clock });
  return {
    port: choose(ledger),
    async close() {
      await ledger.close();
      rmSync(folder, { recursive: true });
    },
  };
}

function memoryReadModelsAndLog() {
  const log = memoryLog();
  return { log, readModels: memoryReadModels(log) };
}

logContract('memory', async () => inMemory(memoryLog()));
logContract('SQLite', () => onDisk(({ log }) => log));

blobsContract('memory', async () => inMemory(memoryBlobs()));
blobsContract('files', () => onDisk(({ blobs }) => blobs));

workContract('memory', async (clock) => inMemory(memoryWork(clock, idSource())));
workContract('SQLite', (clock) => onDisk(({ work }) => work, clock));

readModelsContract('memory', async () => inMemory(memoryReadModelsAndLog()));
readModelsContract('SQLite', () => onDisk(({ log, readModels }) => ({ log, readModels })));
