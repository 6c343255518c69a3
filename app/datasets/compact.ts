// Our own file for a converted data set: a header that says what it holds, then images and labels as they lie in memory, so that reading is one copy.
//
//   bytes 0–7    `RLDATA1\n`, the magic with the version of the format
//   bytes 8–11   length of the header, unsigned 32-bit little-endian
//   header       JSON: name, shape, classes, train, test (counts), fingerprint
//   payload      training images, training labels, test images, test labels
//
// The fingerprint is the SHA-256 of fingerprint.ts, so it covers the payload and the header's names at once.
import { randomUUID } from 'node:crypto';
import { type FileHandle, mkdir, open, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { integer } from '../../views/format/number.ts';
import { checkLabels, damaged, isErrorCode, missing } from './damage.ts';
import { allocate, type DataSetDefinition, type Places, type Samples, type Source } from './definition.ts';
import { readFully } from './readFully.ts';

const magic = Buffer.from('RLDATA1\n', 'latin1');
const prefixBytes = magic.length + 4;
const longestHeader = 1 << 20;

const payloadOf = ({ train, test }: Samples): Uint8Array[] => [train.images, train.labels, test.images, test.labels];

export const compactPath = (name: string, places: Places): string => join(places.cache, `${name}.rldata`);

async function writeAll(file: FileHandle, bytes: Uint8Array): Promise<void> {
  for (let from = 0; from < bytes.length; ) from += (await file.write(bytes, from, bytes.length - from)).bytesWritten;
}

/** Folders cannot be opened for this on Windows; there the rename alone has to do. */
async function syncFolder(folder: string): Promise<void> {
  if (process.platform === 'win32') return;
  const handle = await open(folder, 'r');
  await handle.sync().finally(() => handle.close());
}

/** Writes beside, syncs and renames: a reader sees the whole file or none. */
export async function writeCompact(path: string, definition: DataSetDefinition, samples: Samples, fingerprint: string): Promise<void> {
  const { name, shape, classes, train, test } = definition;
  const header = Buffer.from(JSON.stringify({ name, shape, classes, train, test, fingerprint }), 'utf8');
  const prefix = Buffer.alloc(prefixBytes);
  magic.copy(prefix);
  prefix.writeUInt32LE(header.length, magic.length);
  await mkdir(dirname(path), { recursive: true });
  const beside = `${path}.${randomUUID()}.part`;
  try {
    const file = await open(beside, 'wx');
    try {
      for (const bytes of [prefix, header, ...payloadOf(samples)]) await writeAll(file, bytes);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(beside, path);
    await syncFolder(dirname(path));
  } finally {
    await rm(beside, { force: true });
  }
}

/** The data set in its compact file; `help` is the command that makes the file. */
export function compactSource(definition: DataSetDefinition, help: string): Source {
  const { name, shape, classes } = definition;
  const imageBytes = shape.channels * shape.height * shape.width;
  const payloadBytes = (definition.train + definition.test) * (imageBytes + 1);
  const expected = JSON.stringify({ name, shape, classes, train: definition.train, test: definition.test });

  /** Opens the file, checks all but the payload, and hands it over with the place where the payload begins. */
  const withFile = async <T>(
    places: Places,
    use: (file: FileHandle, path: string, payloadAt: number, size: number) => Promise<T>,
  ): Promise<T> => {
    const path = compactPath(name, places);
    const file = await open(path, 'r').catch((thrown: unknown) => {
      throw isErrorCode(thrown, 'ENOENT') ? missing(name, path, help) : thrown;
    });
    try {
      const { size } = await file.stat();
      const prefix = Buffer.alloc(prefixBytes);
      const whole = await readFully(file, prefix, 0);
      if (!whole || !prefix.subarray(0, magic.length).equals(magic)) throw damaged(name, path, 'it does not begin as our files do', help);
      const headerBytes = prefix.readUInt32LE(magic.length);
      if (headerBytes > longestHeader) throw damaged(name, path, `a header of ${integer(headerBytes)} bytes`, help);
      const text = Buffer.alloc(headerBytes);
      const { parseHeader } = await import('./compactHeader.ts');
      const header = (await readFully(file, text, prefixBytes)) ? parseHeader(text) : null;
      if (header === null) throw damaged(name, path, 'its header cannot be read', help);
      const { fingerprint: _, ...said } = header;
      if (JSON.stringify(said) !== expected) throw damaged(name, path, `its header says ${JSON.stringify(said)}`, help);
      const payloadAt = prefixBytes + headerBytes;
      if (size !== payloadAt + payloadBytes)
        throw damaged(name, path, `${integer(size)} bytes found, ${integer(payloadAt + payloadBytes)} expected`, help);
      return await use(file, path, payloadAt, size);
    } finally {
      await file.close();
    }
  };

  return {
    find: (places) => withFile(places, async (_file, path, _payloadAt, bytes) => [{ path, bytes }]),
    read: (places) =>
      withFile(places, async (file, path, payloadAt) => {
        const samples = { train: allocate(definition, definition.train), test: allocate(definition, definition.test) };
        let position = payloadAt;
        for (const bytes of payloadOf(samples)) {
          if (!(await readFully(file, bytes, position))) throw damaged(name, path, `it ends after byte ${integer(position)}`, help);
          position += bytes.length;
        }
        for (const { labels } of [samples.train, samples.test]) checkLabels(name, path, labels, classes.length, help);
        return samples;
      }),
  };
}
