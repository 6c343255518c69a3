// A sealed archive: a tar in one zstd frame, then a frame that zstd skips and that holds the SHA-256 of everything before it. So any program
// unpacks it, and one changed bit or a missing end is known before anything in it is believed. Appears whole under its name or not at all.
import { createHash, randomBytes } from 'node:crypto';
import { createReadStream, createWriteStream } from 'node:fs';
import { mkdir, open, rename, rm, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { type Readable, Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { constants, createZstdCompress, createZstdDecompress } from 'node:zlib';
import { type Header, type Pack, pack } from 'tar-stream';
import { RunledgerError } from '../../../trainer/errors.ts';
import { type TarEntry, TarLimitError, type TarLimits, tarEntries } from '../../tarEntries.ts';
import { syncFolder } from '../files.ts';

const zstdMagic = 0xfd2fb528;
/** The first of those that decoders skip. */
const skippableMagic = 0x184d2a50;
const digestBytes = 32;
const sealBytes = 8 + digestBytes;

export interface Archive {
  /** An entry of these bytes, or of this stream of `size` bytes. */
  add(name: string, content: Uint8Array | { size: number; stream: Readable }): Promise<void>;
}

/** Error `archive.exists` where the file is there and `overwrite` is not set. Returns its size. */
export async function writeSealed(
  path: string,
  { overwrite }: { overwrite: boolean },
  fill: (archive: Archive) => Promise<void>,
): Promise<number> {
  if (!overwrite && (await isThere(path)))
    throw new RunledgerError('archive.exists', `${path} is there already`, { help: 'give another name, or say  --force' });
  const temporary = `${path}.${randomBytes(4).toString('hex')}.part`;
  try {
    await mkdir(dirname(path), { recursive: true });
    const packing = pack();
    const digest = createHash('sha256');
    const written = pipeline(
      packing,
      createZstdCompress({ params: { [constants.ZSTD_c_checksumFlag]: 1 } }),
      tap((chunk) => void digest.update(chunk)),
      createWriteStream(temporary, { flags: 'wx' }),
    );
    // Told by whoever adds an entry, or at the end.
    written.catch(() => {});
    try {
      await fill({ add: (name, content) => Promise.race([add(packing, name, content), written]) });
    } catch (error) {
      packing.destroy();
      await written.catch(() => {});
      throw error;
    }
    packing.finalize();
    await written;
    await appendSeal(temporary, digest.digest());
    await rename(temporary, path);
    await syncFolder(dirname(path));
    return (await stat(path)).size;
  } catch (error) {
    await rm(temporary, { force: true });
    throw fileError(error, path);
  }
}

function isThere(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}

function tap(look: (chunk: Buffer) => void): Transform {
  return new Transform({
    transform(chunk: Buffer, _encoding, done) {
      look(chunk);
      done(null, chunk);
    },
  });
}

/** Nothing of the machine or the moment is in it: the same content gives the same archive. */
function add(packing: Pack, name: string, content: Parameters<Archive['add']>[1]): Promise<void> {
  return new Promise((resolve, reject) => {
    const done = (error?: Error | null) => (error ? reject(error) : resolve());
    const mtime = new Date(0);
    if (content instanceof Uint8Array) {
      packing.entry({ name, size: content.byteLength, mtime }, Buffer.from(content.buffer, content.byteOffset, content.byteLength), done);
      return;
    }
    const entry = packing.entry({ name, size: content.size, mtime }, done);
    content.stream.on('error', (error) => entry.destroy(error));
    content.stream.pipe(entry);
  });
}

async function appendSeal(path: string, digest: Buffer): Promise<void> {
  const file = await open(path, 'r+');
  try {
    const seal = Buffer.alloc(sealBytes);
    seal.writeUInt32LE(skippableMagic, 0);
    seal.writeUInt32LE(digestBytes, 4);
    digest.copy(seal, 8);
    await file.write(seal, 0, sealBytes, (await file.stat()).size);
    await file.sync();
  } finally {
    await file.close();
  }
}

/** Reads every byte. Errors: `archive.missing`, `archive.foreign`, `archive.damaged`. */
export async function checkSeal(path: string): Promise<void> {
  const file = await open(path, 'r').catch((error) => {
    throw fileError(error, path);
  });
  try {
    const { size } = await file.stat();
    const head = Buffer.alloc(4);
    await file.read(head, 0, 4, 0);
    if (head.readUInt32LE() !== zstdMagic)
      throw new RunledgerError('archive.foreign', `${path} is no archive of runledger`, {
        help: 'runledger export writes one',
        place: path,
      });
    const seal = Buffer.alloc(sealBytes);
    if (size > sealBytes) await file.read(seal, 0, sealBytes, size - sealBytes);
    if (seal.readUInt32LE(0) !== skippableMagic || seal.readUInt32LE(4) !== digestBytes) throw damaged(path, 'its end is missing');
    const digest = createHash('sha256');
    for await (const chunk of file.createReadStream({ start: 0, end: size - sealBytes - 1, autoClose: false })) digest.update(chunk);
    if (!digest.digest().equals(seal.subarray(8))) throw damaged(path, 'its bytes are not those that were written');
  } catch (error) {
    throw fileError(error, path);
  } finally {
    await file.close();
  }
}

/** Entries of an archive whose seal was checked, in order. `wants` refuses what has no place in it. Errors: `archive.damaged`, `archive.limit`. */
export async function* readSealed(
  path: string,
  limits: TarLimits,
  wants: (header: Header) => boolean,
  onRead: (read: number, size: number) => void = () => {},
): AsyncGenerator<TarEntry> {
  try {
    const { size } = await stat(path);
    const archive = createReadStream(path, { end: size - sealBytes - 1 });
    for await (const entry of tarEntries(archive, createZstdDecompress(), limits, wants)) {
      yield entry;
      onRead(archive.bytesRead, size);
    }
  } catch (error) {
    if (error instanceof TarLimitError)
      throw new RunledgerError('archive.limit', `${path}: ${error.message}`, {
        help: 'raise it, if you trust the file, with  --limit <GB>',
        cause: error,
      });
    if (error instanceof RunledgerError) throw error;
    const { code, message } = error as NodeJS.ErrnoException;
    if (code?.startsWith('E')) throw fileError(error, path);
    throw damaged(path, message);
  }
}

export function damaged(path: string, how: string): RunledgerError {
  return new RunledgerError('archive.damaged', `${path} is damaged: ${how}`, {
    help: 'copy or make it again; nothing of it was taken over',
    place: path,
  });
}

/** Errors of the file system in our family; every other as it is. */
export function fileError(error: unknown, path: string): unknown {
  if (error instanceof RunledgerError) return error;
  const { code, syscall } = error as NodeJS.ErrnoException;
  if (code === 'ENOENT') return new RunledgerError('archive.missing', `there is no ${path}`, { help: 'look where it lies', cause: error });
  if (code === 'ENOSPC' || code === 'EDQUOT' || code === 'EFBIG')
    return new RunledgerError('archive.full', `the disk is full: ${path} cannot be written (${code})`, {
      help: 'make room, or write to another disk',
      cause: error,
    });
  if (code === undefined || syscall === undefined) return error;
  return new RunledgerError('archive.access', `${path}: ${code}`, { help: 'check the path and the rights of its folder', cause: error });
}
