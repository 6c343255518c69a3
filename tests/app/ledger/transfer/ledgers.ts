// Ledgers to export from and to import into, and archives put together by hand.
import { createHash } from 'node:crypto';
import { join } from 'node:path';
import type { Ledger } from '../../../../app/ledger/index.ts';
import type { Json, NewEvent } from '../../../../app/ledger/ports.ts';
import { exportLedger } from '../../../../app/ledger/transfer/export.ts';
import type { Imported } from '../../../../app/ledger/transfer/import.ts';
import { type Archive, readSealed, writeSealed } from '../../../../app/ledger/transfer/sealed.ts';
import { verifyLedger } from '../../../../app/ledger/verify/index.ts';
import { eventSource, uuidOf } from '../../../contracts/events.ts';
import { temporaryFolder, temporaryLedger } from '../folders.ts';
import { asEvents, record, syntheticFacts, syntheticRecipe } from '../synthetic.ts';

export type Events = ReturnType<typeof eventSource>;

export const runId = uuidOf;

/** Events whose ids no other source gives. */
export function eventsOf(n: number): Events {
  const event = eventSource();
  return (type, said) => {
    const made = event(type, said);
    return { ...made, id: made.id.replace('018e0000', `018e${n.toString(16).padStart(4, '0')}`) };
  };
}

/** A made-up run of two epochs with a real file behind its last checkpoint. */
export async function recordRun(ledger: Ledger, event: Events, n: number): Promise<void> {
  const plan = { epochs: 2, seed: n, train: 1280 };
  const queued = event('RunQueued', {
    data: { recipe: syntheticRecipe(plan) as unknown as Json, name: `run ${n}`, tags: [], sweep: null },
  });
  const facts = asEvents(syntheticFacts(plan), event);
  const ending = facts.pop()!;
  await record(ledger.log, `run/${runId(n)}`, 0, [queued, ...facts.filter(({ type }) => type !== 'CheckpointTaken')]);
  await takeCheckpoint(ledger, event, n, 2, new Uint8Array(1000).fill(n));
  await append(ledger, `run/${runId(n)}`, [ending]);
}

export async function takeCheckpoint(ledger: Ledger, event: Events, n: number, epoch: number, bytes: Uint8Array): Promise<string> {
  const sha256 = await ledger.blobs.put(bytes);
  const data = { epoch, step: epoch * 20, sha256, bytes: bytes.length, reason: 'last' };
  await append(ledger, `run/${runId(n)}`, [event('CheckpointTaken', { data, blob: sha256 })]);
  return sha256;
}

export async function append(ledger: Ledger, stream: string, events: NewEvent[]): Promise<void> {
  const { version } = await ledger.log.head(stream);
  const { kind } = await ledger.log.append(stream, version, events, { flush: true });
  if (kind !== 'appended') throw new Error(`${stream}: conflict`);
}

/** Two runs, one with notes, and a sweep over them. */
export async function twoRuns(n = 1): Promise<{ ledger: Ledger; event: Events }> {
  const ledger = await temporaryLedger();
  const event = eventsOf(n);
  for (const run of [1, 2]) await recordRun(ledger, event, run);
  await append(ledger, `run/${runId(1)}/notes`, [event('RunNoted', { data: { text: 'the first' } })]);
  const declared = { name: 'bn', kind: 'grid', recipe: {}, factors: [], seeds: [1], metric: 'validationAccuracy' };
  const trial = { trial: 1, run: runId(1), assignment: {}, seed: 1, reused: false };
  await append(ledger, `sweep/${runId(9)}`, [event('SweepDeclared', { data: declared }), event('TrialProposed', { data: trial })]);
  return { ledger, event };
}

export async function exported(ledger: Ledger, runs: string[] | null = null): Promise<string> {
  const out = join(temporaryFolder(), 'export.tar.zst');
  await exportLedger(ledger.folder, { runs, out, overwrite: false, version: '0.0.0' });
  return out;
}

export const importInto = (ledger: Ledger, path: string, options: { asCopy?: boolean; mostBytes?: number } = {}): Promise<Imported> =>
  ledger.importExport({ path, asCopy: false, mostBytes: 1e9, ...options });

/** Everything there is to change: heads, positions, rows, files. */
export async function stateOf(ledger: Ledger): Promise<string> {
  const hash = createHash('sha256');
  for (const sql of [
    'SELECT stream, version, hex(head_hash) FROM streams ORDER BY 1',
    'SELECT position, hex(hash) FROM events',
    'SELECT * FROM runs',
  ])
    for (const row of ledger.database.prepare(sql).raw().iterate()) hash.update(JSON.stringify(row));
  for await (const { sha256 } of ledger.blobs.list()) hash.update(sha256);
  return hash.digest('hex');
}

export async function headOf(ledger: Ledger): Promise<string> {
  const report = await verifyLedger(ledger.folder);
  if (!report.ok) throw new Error(JSON.stringify([report.checks, report.faults], null, 1));
  return report.head;
}

/** The entries of an archive, for changing them. */
export async function entriesOf(path: string): Promise<Map<string, Buffer>> {
  const entries = new Map<string, Buffer>();
  for await (const { name, bytes } of readSealed(path, { entry: 1e9, total: 1e9 }, () => true)) entries.set(name, bytes);
  return entries;
}

/** Seals what it is given, whatever it is. */
export async function sealed(entries: Iterable<[string, Uint8Array]>): Promise<string> {
  const path = join(temporaryFolder(), 'by-hand.tar.zst');
  await writeSealed(path, { overwrite: false }, async (archive: Archive) => {
    for (const [name, bytes] of entries) await archive.add(name, bytes);
  });
  return path;
}
