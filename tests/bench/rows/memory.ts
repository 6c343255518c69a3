// What the seed network at batch 64 takes on two threads: the arena, and the whole process beyond its data set.
import { join } from 'node:path';
import type { Bench, Measurement } from '../bench.ts';
import type { MemoryUse } from '../observed/memory.ts';
import { runProgram } from '../observed/program.ts';
import type { Row } from '../report/row.ts';

const program = join(import.meta.dirname, '../observed/memory.ts');

export const memory: Measurement = {
  name: 'memory',
  quickSeconds: 4,
  async measure({ quick }: Bench): Promise<Row[]> {
    // With Node's compile cache filled: a process that strips types itself takes some 40 MB more.
    if (!quick) await runProgram([program]);
    const use = JSON.parse((await runProgram([program])).out) as MemoryUse;
    const row = { against: null, ratio: null, note: null, samples: {} };
    return [
      {
        ...row,
        id: 'memory.arena',
        what: 'memory: arena',
        measured: { value: use.arenaBytes / 1e6, unit: 'MB' },
        target: { atMost: 40 },
      },
      {
        ...row,
        id: 'memory.process',
        what: 'memory: process beyond the data set',
        measured: { value: (use.peakBytes - use.dataSetBytes) / 1e6, unit: 'MB' },
        target: { atMost: 250 },
        note: `most that was resident at any time, less ${(use.dataSetBytes / 1e6).toFixed(0)} MB of images`,
      },
    ];
  },
};
