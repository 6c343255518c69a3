// Folders of cases, gone when a case is over or its process ends.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const open = new Set<string>();
process.once('exit', () => {
  for (const folder of open) remove(folder);
});

// Ctrl-C goes to every process of a case.
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => process.exit(130));

function remove(folder: string): void {
  rmSync(folder, { recursive: true, force: true, maxRetries: 3 });
  open.delete(folder);
}

/** One that lasts as long as this process, for what many cases begin from. */
export function lastingFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'runledger-chaos-'));
  open.add(folder);
  return folder;
}

export async function inFolder<Result>(work: (folder: string) => Promise<Result> | Result): Promise<Result> {
  const folder = lastingFolder();
  try {
    return await work(folder);
  } finally {
    remove(folder);
  }
}
