// Blobs as files named by their SHA-256, in folders named by its first two digits. A file appears whole or not at all, and is on disk
// before its hash is given out, so an event never names a blob that a crash has taken.
import { createHash } from 'node:crypto';
import { constants } from 'node:fs';
import { access, mkdir, open, readdir, readFile, rename, rm, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { RunledgerError } from '../../trainer/errors.ts';
import { fileSizeLimit, limitWords } from './fileSizeLimit.ts';
import { missingBlob } from './memory/blobs.ts';
import type { Blobs } from './ports.ts';

const sha256Name = /^[0-9a-f]{64}$/;

/** `newName` gives a name no other temporary file has. */
export function fileBlobs(folder: string, newName: () => string): Blobs {
  const pathOf = (sha256: string) => join(folder, sha256.slice(0, 2), sha256);

  async function has(sha256: string): Promise<boolean> {
    if (!sha256Name.test(sha256)) return false;
    return access(pathOf(sha256), constants.R_OK).then(
      () => true,
      () => false,
    );
  }

  return {
    has,
    async put(bytes) {
      const sha256 = createHash('sha256').update(bytes).digest('hex');
      if (await has(sha256)) return sha256;
      const path = pathOf(sha256);
      try {
        const made = await mkdir(dirname(path), { recursive: true });
        await writeWhole(path, join(folder, `${newName()}.part`), bytes);
        await syncFolder(dirname(path));
        if (made !== undefined) await syncFolder(folder);
      } catch (cause) {
        throw fileError(cause, path);
      }
      return sha256;
    },
    async get(sha256) {
      if (!(await has(sha256))) throw missingBlob(sha256);
      const bytes = await readFile(pathOf(sha256));
      const found = createHash('sha256').update(bytes).digest('hex');
      if (found === sha256) return new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength);
      throw new RunledgerError('ledger.blobDamaged', `blob ${sha256} holds other bytes: their hash is ${found}`, {
        help: 'a checkpoint can be trained again; see what rests on it with  runledger verify',
        place: pathOf(sha256),
      });
    },
    async remove(sha256) {
      if (sha256Name.test(sha256)) await rm(pathOf(sha256), { force: true });
    },
    async *list() {
      for (const name of (await namesIn(folder)).sort()) {
        if (!/^[0-9a-f]{2}$/.test(name)) continue;
        for (const sha256 of (await namesIn(join(folder, name))).sort()) {
          if (!sha256Name.test(sha256)) continue;
          const found = await stat(join(folder, name, sha256)).catch(unlessGone);
          if (found !== null) yield { sha256, bytes: found.size };
        }
      }
    },
  };
}

const namesIn = async (folder: string): Promise<string[]> => (await readdir(folder).catch(unlessGone)) ?? [];

/** What is not there, or was let go meanwhile. */
function unlessGone(error: NodeJS.ErrnoException): null {
  if (error.code === 'ENOENT') return null;
  throw error;
}

async function writeWhole(path: string, temporary: string, bytes: Uint8Array): Promise<void> {
  try {
    const file = await open(temporary, 'wx');
    try {
      await file.writeFile(bytes);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(temporary, path);
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
}

/** Makes a rename durable. Windows cannot open a folder; there it is left to the system. */
export async function syncFolder(path: string): Promise<void> {
  if (process.platform === 'win32') return;
  const folder = await open(path, 'r');
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}

function fileError(cause: unknown, place: string): RunledgerError {
  const code = (cause as NodeJS.ErrnoException).code ?? 'unknown';
  const limit = code === 'EFBIG' ? fileSizeLimit() : null;
  if (limit !== null) {
    const { message, help } = limitWords(limit);
    return new RunledgerError('ledger.limit', `cannot store a blob: ${message}`, { help, place, cause });
  }
  const full = code === 'ENOSPC' || code === 'EDQUOT';
  return new RunledgerError(
    full ? 'ledger.full' : 'ledger.io',
    full ? `the disk is full, a checkpoint cannot be stored (${code})` : `cannot store a blob: ${code}`,
    {
      help: full ? 'the disk is full; make room and try again, nothing committed is lost' : 'check the disk and the rights of the folder',
      place,
      cause,
    },
  );
}
