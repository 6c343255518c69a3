// Writes runs, or everything, into one archive that another ledger can take over: events as stored, files, and the heads of the streams.
// A run's notes, requests and what was found out afterwards go with it; sweeps and ablations go with everything only, because they speak
// of other runs too.
import { RunledgerError } from '../../../trainer/errors.ts';
import type { StoredRow } from '../encode.ts';
import { ledgerFolder } from '../folder.ts';
import { eventColumns, eventTables } from '../sqlite/columns.ts';
import type { Connection } from '../sqlite/connection.ts';
import { type Head, ledgerHead, readHeads } from '../verify/chain.ts';
import { blobName, eventsName, formatName, formatVersion, type Manifest, manifestName, toLine } from './format.ts';
import { type Archive, writeSealed } from './sealed.ts';
import { holdSnapshot, type Snapshot } from './snapshot.ts';

export interface ExportOptions {
  /** Ids; null for everything. */
  runs: readonly string[] | null;
  out: string;
  overwrite: boolean;
  /** Of the program, for the record. */
  version: string;
  onProgress?: (what: 'events' | 'files', done: number, total: number) => void;
  signal?: AbortSignal;
}

export interface Exported {
  events: number;
  /** Bytes of the files in it, and of the archive. */
  files: number;
  fileBytes: number;
  archiveBytes: number;
  /** SHA-256 over the heads, and the heads. */
  head: string;
  heads: Head[];
}

/** About the size of an entry of events. */
const entryBytes = 1 << 20;

/** Others may go on writing. Errors: those of `holdSnapshot` and `writeSealed`. */
export async function exportLedger(folder: string, options: ExportOptions): Promise<Exported> {
  const { runs, out, overwrite, signal } = options;
  const owners = runs && new Set(runs.map((runId) => `run/${runId}`));
  const wants = (stream: string): boolean => owners === null || owners.has(stream.split('/', 2).join('/'));
  const snapshot = await holdSnapshot(ledgerFolder(folder, { create: false }), { beside: out, wants, signal });
  try {
    const manifest = manifestOf(snapshot, wants, options.version);
    const archiveBytes = await writeSealed(out, { overwrite }, async (archive) => {
      await archive.add(manifestName, Buffer.from(JSON.stringify(manifest)));
      await addEvents(archive, snapshot.database, manifest, options);
      await addFiles(archive, snapshot, options);
    });
    const fileBytes = snapshot.files.reduce((sum, { bytes }) => sum + bytes, 0);
    const { events, head, streams: heads } = manifest;
    return { events, files: snapshot.files.length, fileBytes, archiveBytes, head, heads };
  } finally {
    await snapshot.release();
  }
}

function manifestOf({ database, files }: Snapshot, wants: (stream: string) => boolean, runledger: string): Manifest {
  const streams = readHeads(database).filter(({ stream }) => wants(stream));
  return {
    format: formatName,
    version: formatVersion,
    runledger,
    events: streams.reduce((sum, { version }) => sum + version, 0),
    streams,
    head: ledgerHead(streams),
    blobs: files.map(({ sha256, bytes }) => ({ sha256, bytes })),
  };
}

/** In the order of the ledger: of all its events, or of those of some streams. */
function readEvents(database: Connection, streams: readonly string[] | null): Iterable<StoredRow> {
  if (streams === null) return database.prepare<[], StoredRow>(`SELECT ${eventColumns} FROM ${eventTables} ORDER BY position`).iterate();
  const positions = database
    .prepare<[string], number>(
      `SELECT position FROM events WHERE stream IN (SELECT ordinal FROM streams WHERE stream IN (SELECT value FROM json_each(?))) ORDER BY position`,
    )
    .pluck()
    .all(JSON.stringify(streams));
  const one = database.prepare<[number], StoredRow>(`SELECT ${eventColumns} FROM ${eventTables} WHERE position = ?`);
  return positions.values().map((position) => one.get(position)!);
}

async function addEvents(
  archive: Archive,
  database: Connection,
  { streams, events }: Manifest,
  { runs, onProgress, signal }: ExportOptions,
): Promise<void> {
  let lines: string[] = [];
  let size = 0;
  let entries = 0;
  let done = 0;
  const flush = async (): Promise<void> => {
    signal?.throwIfAborted();
    if (lines.length === 0) return;
    await archive.add(eventsName(++entries), Buffer.from(lines.join('')));
    done += lines.length;
    lines = [];
    size = 0;
    onProgress?.('events', done, events);
  };
  const names = runs && streams.map(({ stream }) => stream);
  for (const row of readEvents(database, names)) {
    const line = `${toLine(row)}\n`;
    lines.push(line);
    size += line.length;
    if (size >= entryBytes) await flush();
  }
  await flush();
  if (done !== events)
    throw new RunledgerError('ledger.damaged', `${done} events were read and ${events} expected`, {
      help: 'see what is damaged with  runledger verify',
    });
}

async function addFiles(archive: Archive, { files }: Snapshot, { onProgress, signal }: ExportOptions): Promise<void> {
  for (const [index, file] of files.entries()) {
    signal?.throwIfAborted();
    await archive.add(blobName(file.sha256), await file.read());
    onProgress?.('files', index + 1, files.length);
  }
}
