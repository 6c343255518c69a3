// Which blobs a ledger must hold, folded from its events. Of each run's surviving checkpoints the newest of each reason, those that
// its recipe keeps besides, and whatever else names a blob (a fork its origin); but nothing that the run gave up. What `verify` demands,
// what retention spares, what an export and a backup carry: one rule for all. Events are read with care, since `verify` reads damaged ones.
import type { Keep } from '../../trainer/index.ts';
import type { Connection } from './sqlite/connection.ts';

export interface HeldCheckpoint {
  sha256: string;
  epoch: number;
  step: number;
  bytes: number;
  reason: string;
  /** By `prune` or `purge`. */
  givenUp: boolean;
}

export interface Holding {
  /** Of the surviving line, in order. */
  checkpoints: HeldCheckpoint[];
  /** Blobs that other events name, as long as they are not given up. */
  others: Set<string>;
  /** Every blob that was ever named. */
  named: Set<string>;
  /** What the recipe says of checkpoints; null for the last and the best. */
  keep: readonly Keep[] | null;
}

export interface Needs {
  /** By the first two parts of the stream's name: `run/<uuid>`. */
  holdings: Map<string, Holding>;
  /** Position of the newest event seen. */
  position: number;
}

interface Row {
  position: number;
  stream: string;
  version: number;
  type: string;
  data: string;
  blob: string | null;
}

const relevant = `SELECT position, streams.stream, events.version, type, events.blob,
    CASE type WHEN 'RunQueued' THEN json_extract(data, '$.recipe.record.checkpoints') ELSE data END AS data
  FROM events JOIN streams ON streams.ordinal = events.stream
  WHERE (blob IS NOT NULL OR type IN ('RunQueued', 'RunResumed', 'CheckpointsPruned', 'RunPurged'))`;

/** Goes on from `before`, so that what came since can be added within an instant. `as` says under which name a stream counts; null leaves an event out. */
export function readNeeds(
  database: Connection,
  before: Needs = { holdings: new Map(), position: 0 },
  as: (stream: string, version: number) => string | null = (stream) => stream,
): Needs {
  const rows = database.prepare<[number], Row>(`${relevant} AND position > ? ORDER BY position`);
  for (const row of rows.iterate(before.position)) {
    before.position = row.position;
    const stream = as(row.stream, row.version);
    if (stream !== null) fold(before.holdings, { ...row, stream });
  }
  return before;
}

/** Of one run. */
export function readHolding(database: Connection, runId: string): Holding {
  const holdings = new Map<string, Holding>();
  const rows = database.prepare<[string, string], Row>(`${relevant} AND streams.stream IN (?, ?) ORDER BY position`);
  for (const row of rows.iterate(`run/${runId}`, `run/${runId}/notes`)) fold(holdings, row);
  return holdings.get(`run/${runId}`) ?? nothing();
}

/** The files that a run needs. */
export function dueOf({ checkpoints, others, keep }: Pick<Holding, 'checkpoints' | 'others' | 'keep'>): Set<string> {
  const newest = new Map(checkpoints.map((checkpoint) => [checkpoint.reason, checkpoint]));
  const due = checkpoints.filter(
    (checkpoint) => !checkpoint.givenUp && (newest.get(checkpoint.reason) === checkpoint || keepsBesides(keep ?? [], checkpoint)),
  );
  return new Set([...others, ...due.map(({ sha256 }) => sha256)]);
}

/** The files that anybody needs. */
export function allDue({ holdings }: Needs): Set<string> {
  const due = new Set<string>();
  for (const holding of holdings.values()) for (const sha256 of dueOf(holding)) due.add(sha256);
  return due;
}

export function allNamed({ holdings }: Needs): Set<string> {
  const names = new Set<string>();
  for (const { named } of holdings.values()) for (const sha256 of named) names.add(sha256);
  return names;
}

/** Whether a checkpoint stays although newer ones come. */
export function keepsBesides(keep: readonly Keep[], { epoch, reason }: Pick<HeldCheckpoint, 'epoch' | 'reason'>): boolean {
  if (reason === 'stop') return false;
  return keep.some((word) => word === 'all' || (typeof word === 'object' && epoch % word.every === 0));
}

function nothing(): Holding {
  return { checkpoints: [], others: new Set(), named: new Set(), keep: null };
}

function fold(holdings: Map<string, Holding>, { stream, type, data: text, blob }: Row): void {
  const owner = stream.split('/', 2).join('/');
  const holding = holdings.get(owner) ?? nothing();
  holdings.set(owner, holding);
  const data = parse(text);
  if (blob !== null) holding.named.add(blob);
  if (type === 'RunQueued') holding.keep = Array.isArray(data) ? (data as Keep[]) : null;
  else if (type === 'RunResumed') cutBack(holding.checkpoints, data as { checkpoint?: unknown; step?: unknown });
  else if (type === 'CheckpointsPruned' || type === 'RunPurged') giveUp(holding, (data as { blobs?: unknown }).blobs);
  else if (type === 'CheckpointTaken' && blob !== null) holding.checkpoints.push(toCheckpoint(blob, data as Record<string, unknown>));
  else if (blob !== null) holding.others.add(blob);
}

function toCheckpoint(sha256: string, { epoch, step, bytes, reason }: Record<string, unknown>): HeldCheckpoint {
  return { sha256, epoch: Number(epoch), step: Number(step), bytes: Number(bytes), reason: String(reason), givenUp: false };
}

/** A resumed run leaves behind what came after its checkpoint (app/runs/line.ts). */
function cutBack(checkpoints: HeldCheckpoint[], { checkpoint, step }: { checkpoint?: unknown; step?: unknown }): void {
  checkpoints.length = 1 + checkpoints.findLastIndex((held) => held.sha256 === checkpoint && held.step === step);
}

function giveUp(holding: Holding, blobs: unknown): void {
  const given = new Set(Array.isArray(blobs) ? blobs.map((blob) => (blob as { sha256?: unknown } | null)?.sha256) : []);
  for (const checkpoint of holding.checkpoints) if (given.has(checkpoint.sha256)) checkpoint.givenUp = true;
  for (const sha256 of [...holding.others]) if (given.has(sha256)) holding.others.delete(sha256);
}

/** An object or a list; what cannot be read is an empty object, and the chain says that it is damaged. */
function parse(text: string | null): object {
  try {
    const value: unknown = JSON.parse(text ?? '{}');
    return typeof value === 'object' && value !== null ? value : {};
  } catch {
    return {};
  }
}
