// Self-tests that this machine has passed, remembered beside the converted data sets: an empty file each, named by what was tested. Whoever
// doubts one removes the folder, or asks `runledger doctor`, which tests anew.
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Verdicts } from '../../trainer/index.ts';
import { cacheFolder } from '../cacheFolder.ts';

export function rememberedVerdicts(folder: string = join(cacheFolder(), 'self-tests')): Verdicts {
  return {
    passed: (key) => existsSync(join(folder, key)),
    remember(key) {
      try {
        mkdirSync(folder, { recursive: true });
        writeFileSync(join(folder, key), '');
      } catch (error) {
        // A cache that cannot be written is one that forgets: the next run tests again.
        if (!(error instanceof Error && 'code' in error)) throw error;
      }
    },
  };
}
