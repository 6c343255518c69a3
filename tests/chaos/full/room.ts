// Room on a disk that a process can take from itself and give back: by the pages of its database, by the size of its files, by a small file
// system of its own.
import { execFileSync } from 'node:child_process';
import { statSync } from 'node:fs';
import { join } from 'node:path';

export const ways = ['fileSize', 'tmpfs'] as const;
export type Way = (typeof ways)[number];

export interface Room {
  /** So many bytes more than there are now. */
  leave(bytes: number): void;
  giveBack(): void;
}

/** Soft only, so that it can be lifted again. */
const limitFiles = (soft: number | 'unlimited') => execFileSync('prlimit', [`--pid=${process.pid}`, `--fsize=${soft}:unlimited`]);

const sizeOf = (file: string): number => statSync(file, { throwIfNoEntry: false })?.size ?? 0;

export function roomOf(way: Way, folder: string): Room {
  if (way === 'fileSize') {
    const largest = () => Math.max(...['ledger.db', 'ledger.db-wal', 'ledger.db-shm'].map((name) => sizeOf(join(folder, name))));
    return { leave: (bytes) => void limitFiles(largest() + bytes), giveBack: () => void limitFiles('unlimited') };
  }
  const remount = (kilobytes: number) => execFileSync('mount', ['-o', `remount,size=${kilobytes}k`, folder]);
  const used = () => Number(execFileSync('df', ['--output=used', '-k', folder], { encoding: 'utf8' }).split('\n')[1]);
  return { leave: (bytes) => void remount(Math.max(4, used() + Math.ceil(bytes / 1024))), giveBack: () => void remount(64 * 1024) };
}
