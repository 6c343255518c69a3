// Reads an export into a place of its own and believes nothing: every hash of every chain is computed again, every file is held against its
// name, every event against the catalogue, and all against the manifest. The ledger is not touched.
import { randomUUID } from 'node:crypto';
import { mkdir, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Header } from 'tar-stream';
import { z } from 'zod';
import { RunledgerError } from '../../../trainer/errors.ts';
import { checkStored } from '../encode.ts';
import { fileBlobs } from '../files.ts';
import { eventHash } from '../hash.ts';
import { allDue, allNamed, readNeeds } from '../needed.ts';
import type { Blobs } from '../ports.ts';
import { type Connection, openConnection } from '../sqlite/connection.ts';
import { prepareGraft } from '../sqlite/graft.ts';
import { migrateLog } from '../sqlite/migrations.ts';
import { ledgerHead } from '../verify/chain.ts';
import { databaseName } from './backup.ts';
import { blobName, eventsName, formatSchema, formatVersion, fromLine, type Manifest, manifestName, manifestSchema } from './format.ts';
import { damaged, fileError, readSealed } from './sealed.ts';

export interface Staged {
  manifest: Manifest;
  /** The log's tables with the events of the archive, positions from 1 in its order. */
  database: Connection;
  /** The files of the archive. */
  blobs: Blobs;
  discard(): Promise<void>;
}

export interface ReadOptions {
  /** Folder in which files may wait, on the disk where they will stay. */
  beside: string;
  /** Bytes that may come out of the archive altogether. */
  mostBytes: number;
  onRead?: ((read: number, size: number) => void) | undefined;
}

/** Of one file or one piece of events, in memory. */
const mostEntryBytes = 1 << 30;

/** The seal is checked already. Errors: `archive.damaged`, `archive.newer`, `archive.foreign`, `archive.limit`, `archive.content`. */
export async function readExport(path: string, { beside, mostBytes, onRead }: ReadOptions): Promise<Staged> {
  const folder = join(beside, `${process.pid}-${randomUUID()}.import`);
  const database = openConnection('', { write: true });
  const discard = async (): Promise<void> => {
    if (database.open) database.close();
    await rm(folder, { recursive: true, force: true });
  };
  try {
    await clearAbandoned(beside);
    await mkdir(folder, { recursive: true });
    migrateLog(database);
    const blobs = fileBlobs(folder, randomUUID);
    database.exec('BEGIN');
    const manifest = await readEntries(path, database, blobs, { mostBytes, onRead });
    database.exec('COMMIT');
    return { manifest, database, blobs, discard };
  } catch (error) {
    await discard();
    throw fileError(error, folder);
  }
}

/** What imports left behind whose process was killed. */
async function clearAbandoned(beside: string): Promise<void> {
  for (const name of await readdir(beside)) {
    const [, processId] = /^(\d+)-[0-9a-f-]{36}\.import$/.exec(name) ?? [];
    if (processId !== undefined && !isRunning(Number(processId))) await rm(join(beside, name), { recursive: true, force: true });
  }
}

/** Also where it is another user's. */
function isRunning(processId: number): boolean {
  try {
    return process.kill(processId, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

async function readEntries(
  path: string,
  database: Connection,
  blobs: Blobs,
  { mostBytes, onRead }: Pick<ReadOptions, 'mostBytes' | 'onRead'>,
): Promise<Manifest> {
  const wrong = (what: string) => content(path, what);
  const stage = prepareStaging(database, wrong);
  const files = new Map<string, number>();
  let manifest: Manifest | null = null;
  let pieces = 0;
  const wants = ({ name, type }: Header): boolean => {
    if (name === databaseName) throw isBackup(path);
    if (type !== 'file') throw wrong(`${name} is no file`);
    return true;
  };
  const limits = { entry: mostEntryBytes, total: mostBytes };
  for await (const { name, bytes } of readSealed(path, limits, wants, onRead)) {
    const [, sha256] = /^blobs\/([0-9a-f]{64})$/.exec(name) ?? [];
    if (manifest === null) {
      if (name !== manifestName) throw wrong(`it begins with ${name}`);
      manifest = readManifest(bytes, path);
    } else if (name === eventsName(pieces + 1)) {
      pieces++;
      for (const line of bytes.toString('utf8').split('\n')) if (line !== '') stage.add(line);
    } else if (sha256 !== undefined && !files.has(sha256)) {
      const found = await blobs.put(bytes);
      if (found !== sha256) throw wrong(`${name} holds other bytes: their hash is ${found}`);
      files.set(sha256, bytes.length);
    } else {
      throw wrong(`${name} has no place in it`);
    }
  }
  if (manifest === null) throw damaged(path, 'it is empty');
  compare(manifest, stage.heads, stage.events(), files, database, wrong);
  return manifest;
}

function readManifest(bytes: Buffer, path: string): Manifest {
  let value: unknown;
  try {
    value = JSON.parse(bytes.toString('utf8'));
  } catch {
    throw content(path, `${manifestName} is no JSON`);
  }
  const { data: known } = formatSchema.safeParse(value);
  if (known === undefined) throw content(path, `${manifestName} is that of another program`);
  if (known.version > formatVersion)
    throw new RunledgerError('archive.newer', `${path} has format ${known.version}, this program knows ${formatVersion}`, {
      help: 'use the newer runledger that wrote it',
      place: path,
    });
  const { data, error } = manifestSchema.safeParse(value);
  if (data === undefined) throw content(path, `${manifestName}: ${z.prettifyError(error)}`);
  return data;
}

type Wrong = (what: string) => RunledgerError;

/** Takes events in order into the tables of a log. */
function prepareStaging(database: Connection, wrong: Wrong) {
  const heads = new Map<string, { version: number; hash: string }>();
  const graft = prepareGraft(database);
  let count = 0;
  return {
    heads,
    events: () => count,
    add(text: string): void {
      count++;
      try {
        const row = fromLine(text);
        checkStored(row);
        const last = heads.get(row.stream) ?? { version: 0, hash: null };
        if (row.version !== last.version + 1) throw wrong(`${row.stream} has version ${row.version} after ${last.version}`);
        if (eventHash(last.hash, row.stream, row.version, row) !== row.hash)
          throw wrong(`${row.stream}, version ${row.version}, ${row.type}: its hash is not that of its content`);
        heads.set(row.stream, { version: row.version, hash: row.hash });
        graft(row);
      } catch (error) {
        if (error instanceof RunledgerError && error.code.startsWith('archive.')) throw error;
        throw wrong(`event ${count}: ${error instanceof z.ZodError ? z.prettifyError(error) : (error as Error).message}`);
      }
    },
  };
}

/** Holds what was read against what the manifest promises. */
function compare(
  manifest: Manifest,
  heads: ReadonlyMap<string, { version: number; hash: string }>,
  events: number,
  files: ReadonlyMap<string, number>,
  database: Connection,
  wrong: Wrong,
): void {
  if (events !== manifest.events) throw wrong(`it holds ${events} events and promises ${manifest.events}`);
  if (heads.size !== manifest.streams.length) throw wrong(`it holds ${heads.size} streams and promises ${manifest.streams.length}`);
  for (const { stream, version, hash } of manifest.streams) {
    const head = heads.get(stream);
    if (head?.version !== version || head.hash !== hash)
      throw wrong(`${stream} does not end in version ${version} with the hash it promises`);
  }
  if (ledgerHead(manifest.streams) !== manifest.head) throw wrong('its head is not that of its streams');
  if (files.size !== manifest.blobs.length) throw wrong(`it holds ${files.size} files and promises ${manifest.blobs.length}`);
  for (const { sha256, bytes } of manifest.blobs)
    if (files.get(sha256) !== bytes) throw wrong(`${blobName(sha256)} is not there as promised`);
  const needs = readNeeds(database);
  const named = allNamed(needs);
  for (const sha256 of files.keys()) if (!named.has(sha256)) throw wrong(`no event names ${blobName(sha256)}`);
  for (const sha256 of allDue(needs)) if (!files.has(sha256)) throw wrong(`${blobName(sha256)} is missing, which its events need`);
}

function content(path: string, what: string): RunledgerError {
  return new RunledgerError('archive.content', `${path} is not what an export holds: ${what}`, {
    help: 'export it again; nothing of it was taken over',
    place: path,
  });
}

function isBackup(path: string): RunledgerError {
  return new RunledgerError('archive.foreign', `${path} is a backup: a whole ledger, to be unpacked into a folder of its own`, {
    help: `mkdir restored && tar --zstd -xf ${path} -C restored && runledger verify --ledger restored`,
    place: path,
  });
}
