// Giving files of runs up: `prune` those checkpoints that need not be kept, `purge` all of an archived run. The event comes first, so that
// nothing is ever missed without a word; a file that another run needs stays.
import type { Keep } from '../../trainer/index.ts';
import type { Ledger } from '../ledger/index.ts';
import { dueOf, type HeldCheckpoint, type Holding, keepsBesides, readHolding } from '../ledger/needed.ts';
import type { Json } from '../ledger/ports.ts';
import { appendNext, applicationEvent, type Noting } from './events.ts';
import { neededElsewhere } from './retention.ts';

export interface GivingUp {
  runId: string;
  files: { sha256: string; bytes: number }[];
  /** Of those files that no other run needs. */
  bytes: number;
}

export type Cleaning = Noting & { ledger: Pick<Ledger, 'log' | 'blobs' | 'database'> };

/** Sizes of all blobs, by name. */
export async function blobSizes({ blobs }: Pick<Ledger, 'blobs'>): Promise<Map<string, number>> {
  const sizes = new Map<string, number>();
  for await (const { sha256, bytes } of blobs.list()) sizes.set(sha256, bytes);
  return sizes;
}

/** What a run would give up but for `keep`: its checkpoints, also those of lost stretches, as far as they are there or due. */
export function planPrune(ledger: Pick<Ledger, 'database'>, sizes: Map<string, number>, runId: string, keep: readonly Keep[]): GivingUp {
  const holding = readHolding(ledger.database, runId);
  const kept = new Set([...holding.others, ...keptBy(holding.checkpoints, keep)]);
  return plan(ledger, sizes, runId, holding, kept);
}

/** Everything that a run names. */
export function planPurge(ledger: Pick<Ledger, 'database'>, sizes: Map<string, number>, runId: string): GivingUp {
  return plan(ledger, sizes, runId, readHolding(ledger.database, runId), new Set());
}

/** Returns the files that went. */
export function recordPrune(host: Cleaning, given: GivingUp, keep: string[]): Promise<string[]> {
  return giveUp(host, given, 'CheckpointsPruned', { kept: keep });
}

/** Returns the files that went. */
export function recordPurge(host: Cleaning, given: GivingUp): Promise<string[]> {
  return giveUp(host, given, 'RunPurged', {});
}

/** `last` is where a run could go on: at the end of an epoch, or where it was stopped. */
function keptBy(checkpoints: readonly HeldCheckpoint[], keep: readonly Keep[]): string[] {
  const newest = (...reasons: string[]) => checkpoints.findLast(({ reason }) => reasons.includes(reason));
  const last = keep.includes('last') ? newest('last', 'stop') : undefined;
  const best = keep.includes('best') ? newest('best') : undefined;
  return checkpoints
    .filter((checkpoint) => checkpoint === last || checkpoint === best || keepsBesides(keep, checkpoint))
    .map(({ sha256 }) => sha256);
}

function plan(
  { database }: Pick<Ledger, 'database'>,
  sizes: Map<string, number>,
  runId: string,
  holding: Holding,
  kept: ReadonlySet<string>,
): GivingUp {
  const due = dueOf(holding);
  const isNeededElsewhere = neededElsewhere(database);
  const given = [...holding.named].filter((sha256) => !kept.has(sha256) && (due.has(sha256) || sizes.has(sha256)));
  // A file that is there only for another run was given up before, or never was this run's to keep.
  const files = given.filter((sha256) => due.has(sha256) || !isNeededElsewhere(sha256, runId));
  const freed = files.filter((sha256) => !isNeededElsewhere(sha256, runId));
  return {
    runId,
    files: files.map((sha256) => ({ sha256, bytes: sizes.get(sha256) ?? 0 })),
    bytes: freed.reduce((sum, sha256) => sum + (sizes.get(sha256) ?? 0), 0),
  };
}

async function giveUp(host: Cleaning, { runId, files, bytes }: GivingUp, type: string, data: { [key: string]: Json }): Promise<string[]> {
  const { database, blobs } = host.ledger;
  const event = applicationEvent(host, type, { ...data, blobs: files.map((file) => ({ ...file })), bytes });
  await appendNext(host, `run/${runId}/notes`, event);
  const isNeededElsewhere = neededElsewhere(database);
  const gone = files.map(({ sha256 }) => sha256).filter((sha256) => !isNeededElsewhere(sha256, runId));
  for (const sha256 of gone) await blobs.remove(sha256);
  return gone;
}
