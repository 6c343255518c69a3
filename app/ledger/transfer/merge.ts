// Takes staged events over into a ledger, all or none of them, in one transaction that moves the read models along. Ids and hashes stay,
// positions are new. A stream of which the ledger has less is continued, one of which it has as much or more is left; where both went
// different ways nothing is taken, or, where that is asked for, the run comes in again under an id of its own.
import { RunledgerError } from '../../../trainer/errors.ts';
import { encodeEvent, type StoredRow } from '../encode.ts';
import { eventHash } from '../hash.ts';
import { type Needs, readNeeds } from '../needed.ts';
import type { NewEvent } from '../ports.ts';
import { eventColumns, eventTables } from '../sqlite/columns.ts';
import type { Connection } from '../sqlite/connection.ts';
import { prepareGraft } from '../sqlite/graft.ts';
import { readHeads } from '../verify/chain.ts';

export interface Copy {
  /** Ids of runs. */
  from: string;
  to: string;
}

export interface Plan {
  /** Staged streams by name: their name here, and from after which version they are taken. */
  streams: Map<string, { as: string; after: number }>;
  copies: Copy[];
  /** Events to be taken over. */
  events: number;
}

export interface MergeHost {
  /** UUIDv4, of runs that come in as copies. */
  newId: () => string;
  /** UUIDv7. */
  newEventId: () => string;
  /** Milliseconds since 1970. */
  clock: () => number;
}

/** Compares streams, changes nothing. Error `ledger.diverged` unless `asCopy`. */
export function planMerge(database: Connection, staged: Connection, asCopy: boolean, host: MergeHost): Plan {
  const hashAt = (connection: Connection) => {
    const find = connection
      .prepare<[string, number], string>(`SELECT lower(hex(hash)) FROM ${eventTables} WHERE streams.stream = ? AND events.version = ?`)
      .pluck();
    return (stream: string, version: number) => find.get(stream, version) ?? null;
  };
  const [ours, theirs] = [hashAt(database), hashAt(staged)];
  const known = database.prepare<[string], number>('SELECT version FROM streams WHERE stream = ?').pluck();
  const plan: Plan = { streams: new Map(), copies: [], events: 0 };
  const diverged = new Map<string, number>();
  for (const { stream, version } of readHeads(staged)) {
    const here = known.get(stream) ?? 0;
    const common = Math.min(here, version);
    const same = (at: number): boolean => ours(stream, at) === theirs(stream, at);
    if (common > 0 && !same(common)) {
      let at = 1;
      while (same(at)) at++;
      diverged.set(stream, at);
    }
    plan.streams.set(stream, { as: stream, after: common });
  }
  copyDiverged(plan, diverged, asCopy, alreadyCopied(database, staged), host);
  for (const { stream, version } of readHeads(staged)) plan.events += version - (plan.streams.get(stream)?.after ?? version);
  return plan;
}

/** All streams of a run are copied where one of them went another way. */
function copyDiverged(
  plan: Plan,
  diverged: ReadonlyMap<string, number>,
  asCopy: boolean,
  isCopied: (runId: string) => boolean,
  host: MergeHost,
): void {
  for (const [stream, version] of diverged) {
    const [kind, id] = stream.split('/') as [string, string];
    if (!asCopy || kind !== 'run') throw divergence(stream, version, kind === 'run');
    if (plan.copies.some(({ from }) => from === id)) continue;
    const to = host.newId();
    const copied = isCopied(id);
    if (!copied) plan.copies.push({ from: id, to });
    for (const name of plan.streams.keys()) {
      if (name !== `run/${id}` && !name.startsWith(`run/${id}/`)) continue;
      if (copied) plan.streams.delete(name);
      else plan.streams.set(name, { as: name.replace(id, to), after: 0 });
    }
  }
}

function divergence(stream: string, version: number, isRun: boolean): RunledgerError {
  return new RunledgerError('ledger.diverged', `${stream} went another way in this ledger from version ${version} on`, {
    help: isRun
      ? 'take the run over beside the one here, under an id of its own, with  --as-copy'
      : 'export the runs alone, without what was declared over them:  runledger export <run…> --out …',
    place: stream,
  });
}

/** Whether a run came in as a copy before, up to the event in which it ends in the archive. */
function alreadyCopied(database: Connection, staged: Connection): (runId: string) => boolean {
  const heads = staged.prepare<[string], string>('SELECT lower(hex(head_hash)) FROM streams WHERE stream = ?').pluck();
  const copies = database
    .prepare<[string, string], 1>(`SELECT 1 FROM events WHERE type = 'RunCopied' AND data ->> '$.source' = ? AND data ->> '$.head' = ?`)
    .pluck();
  return (runId) => copies.get(runId, heads.get(`run/${runId}`) ?? '') === 1;
}

/** The staged events that a plan takes over, as they will stand here. */
export function* takenOver(staged: Connection, { streams, copies }: Plan, host: MergeHost): Generator<Omit<StoredRow, 'position'>> {
  const renamed = new Set(copies.map(({ to }) => to));
  const heads = new Map<string, string>();
  for (const row of staged.prepare<[], StoredRow>(`SELECT ${eventColumns} FROM ${eventTables} ORDER BY position`).iterate()) {
    const { position: _, ...event } = row;
    const place = streams.get(row.stream);
    if (place === undefined || row.version <= place.after) continue;
    if (!renamed.has(place.as.split('/')[1]!)) {
      yield event;
      continue;
    }
    const copy = { ...event, id: host.newEventId(), stream: place.as };
    const hash = eventHash(heads.get(place.as) ?? null, place.as, row.version, copy);
    heads.set(place.as, hash);
    yield { ...copy, hash };
  }
  for (const copy of copies) yield copied(staged, copy, heads, host);
}

/** The event that says where a copy comes from, the last one of its notes. */
function copied(staged: Connection, { from, to }: Copy, heads: ReadonlyMap<string, string>, host: MergeHost): Omit<StoredRow, 'position'> {
  const head = staged.prepare<[string], { version: number; hash: string }>(
    'SELECT version, lower(hex(head_hash)) AS hash FROM streams WHERE stream = ?',
  );
  const source = head.get(`run/${from}`)!;
  const stream = `run/${to}/notes`;
  const version = (head.get(`run/${from}/notes`)?.version ?? 0) + 1;
  const event: NewEvent = {
    id: host.newEventId(),
    type: 'RunCopied',
    schemaVersion: 1,
    attempt: 0,
    recordedAt: new Date(host.clock()).toISOString(),
    data: { source: from, version: source.version, head: source.hash },
    measured: null,
    arrays: null,
    blob: null,
  };
  const encoded = encodeEvent(event);
  return { ...encoded, stream, version, hash: eventHash(heads.get(stream) ?? null, stream, version, encoded) };
}

/** What this ledger will need once a plan is carried out. */
export function needsAfter(database: Connection, staged: Connection, { streams }: Plan): Needs {
  const { holdings } = readNeeds(database);
  return readNeeds(staged, { holdings, position: 0 }, (stream, version) => {
    const place = streams.get(stream);
    return place === undefined || version <= place.after ? null : place.as;
  });
}

/** Within a transaction. Error `ledger.idempotence` where an id is taken by another event. Returns the newest position, or 0. */
export function merge(
  database: Connection,
  staged: Connection,
  plan: Plan,
  fold: (rows: Iterable<StoredRow>) => void,
  host: MergeHost,
): number {
  const graft = prepareGraft(database);
  const taken = database.prepare<[string], 1>('SELECT 1 FROM events WHERE id = ?').pluck();
  let position = 0;
  function* grafted() {
    for (const row of takenOver(staged, plan, host)) {
      if (taken.get(row.id) === 1)
        throw new RunledgerError('ledger.idempotence', `event ${row.id} of ${row.stream} is in this ledger with another place`, {
          help: 'one of the two ledgers was put together by hand',
        });
      position = graft(row);
      yield { ...row, position };
    }
  }
  fold(grafted());
  return position;
}
