// Unpacks a gzipped tar archive in memory, entry by entry, counting real bytes: what a header promises is not believed.
import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGunzip } from 'node:zlib';
import { extract } from 'tar-stream';
import { integer } from '../../views/format/number.ts';

export interface TarballLimits {
  /** Largest entry, bytes. */
  entry: number;
  /** All that comes out of the archive, headers and padding included, bytes. */
  total: number;
}

export interface TarballEntry {
  name: string;
  bytes: Buffer;
}

/** Passes bytes on and fails at `most`. */
function limiter(most: number): Transform {
  let passed = 0;
  return new Transform({
    transform(chunk: Buffer, _encoding, done) {
      passed += chunk.length;
      if (passed > most) done(new Error(`it unpacks to more than ${integer(most)} bytes`));
      else done(null, chunk);
    },
  });
}

/** Regular files that `wanted` names, in the order of the archive; the rest is skipped. `onShare` gets 0 to 1 of the archive. Throws plain errors. */
export async function* readTarball(
  path: string,
  wanted: ReadonlySet<string>,
  limits: TarballLimits,
  onShare: (share: number) => void,
  signal: AbortSignal,
): AsyncGenerator<TarballEntry> {
  const { size } = await stat(path);
  const archive = createReadStream(path);
  const unpacker = extract();
  const flow = pipeline(archive, createGunzip(), limiter(limits.total), unpacker, { signal });
  // The iterator below throws the same error; without this it would count as unhandled.
  flow.catch(() => {});
  for await (const entry of unpacker) {
    const { name, type } = entry.header;
    if (type !== 'file' || !wanted.has(name)) {
      entry.resume();
      continue;
    }
    const chunks: Buffer[] = [];
    let length = 0;
    for await (const chunk of entry as AsyncIterable<Buffer>) {
      length += chunk.length;
      if (length > limits.entry) throw new Error(`${name} unpacks to more than ${integer(limits.entry)} bytes`);
      chunks.push(chunk);
    }
    yield { name, bytes: Buffer.concat(chunks, length) };
    onShare(archive.bytesRead / size);
  }
  await flow;
}
