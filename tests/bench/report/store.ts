// Results on disk: one file a day and machine in docs/benchmarks/, an array to which every run is appended.
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Host } from './host.ts';
import { isMet, type Row } from './row.ts';

export interface Entry {
  /** ISO 8601, UTC. */
  measuredAt: string;
  host: Host;
  /** Of the engines measured against, e.g. `torch` and how it was built. */
  peers: { [name: string]: string };
  pace: { rounds: number; seconds: number };
  rows: (Row & { met: boolean | null })[];
}

/** `amd-epyc-7763`: a name that every file system takes. */
export function slug(text: string): string {
  return text
    .toLowerCase()
    .replace(/\((r|tm)\)/g, '')
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-|-$/g, '');
}

/** `2026-11-25-amd-epyc.json`. */
export function fileName({ measuredAt, host }: Pick<Entry, 'measuredAt' | 'host'>): string {
  return `${measuredAt.slice(0, 10)}-${slug(host.cpu)}.json`;
}

/** Samples with the six digits they are good for; keys as they stand. */
export function entryJson(entries: readonly Entry[]): string {
  const rounded = (_key: string, value: unknown): unknown => (typeof value === 'number' ? Number(value.toPrecision(6)) : value);
  return `${JSON.stringify(entries, (key, value) => (key === 'memoryBytes' ? value : rounded(key, value)), 2)}\n`;
}

/** Appends and gives the file. */
export function appendEntry(folder: string, entry: Omit<Entry, 'rows'> & { rows: readonly Row[] }): string {
  mkdirSync(folder, { recursive: true });
  const path = join(folder, fileName(entry));
  const before = existsSync(path) ? (JSON.parse(readFileSync(path, 'utf8')) as Entry[]) : [];
  writeFileSync(path, entryJson([...before, { ...entry, rows: entry.rows.map((row) => ({ ...row, met: isMet(row) })) }]));
  return path;
}
