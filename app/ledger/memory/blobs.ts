// Blobs in memory: the reference of the contract suite.
import { createHash } from 'node:crypto';
import { RunledgerError } from '../../../trainer/errors.ts';
import type { Blobs } from '../ports.ts';

export function memoryBlobs(): Blobs {
  const stored = new Map<string, Uint8Array>();
  return {
    async put(bytes) {
      const sha256 = createHash('sha256').update(bytes).digest('hex');
      stored.set(sha256, Uint8Array.from(bytes));
      return sha256;
    },
    async get(sha256) {
      const bytes = stored.get(sha256);
      if (bytes === undefined) throw missingBlob(sha256);
      return Uint8Array.from(bytes);
    },
    async has(sha256) {
      return stored.has(sha256);
    },
    async remove(sha256) {
      stored.delete(sha256);
    },
    async *list() {
      for (const sha256 of [...stored.keys()].sort()) yield { sha256, bytes: stored.get(sha256)!.byteLength };
    },
  };
}

export function missingBlob(sha256: string): RunledgerError {
  return new RunledgerError('ledger.blobMissing', `there is no blob ${sha256}`, { help: 'check the ledger with  runledger verify' });
}
