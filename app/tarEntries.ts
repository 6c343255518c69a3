// Entries of a compressed tar archive in memory, one after another, counting real bytes: what a header promises is not believed.
import { type Readable, Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { extract, type Header } from 'tar-stream';
import { integer } from '../views/format/number.ts';

export interface TarLimits {
  /** Largest entry, bytes. */
  entry: number;
  /** All that comes out of the archive, headers and padding included, bytes. */
  total: number;
}

export interface TarEntry {
  name: string;
  bytes: Buffer;
}

/** An archive that unpacks to more than it may. */
export class TarLimitError extends Error {}

/** Passes bytes on and fails at `most`. */
function limiter(most: number): Transform {
  let passed = 0;
  return new Transform({
    transform(chunk: Buffer, _encoding, done) {
      passed += chunk.length;
      if (passed > most) done(new TarLimitError(`it unpacks to more than ${integer(most)} bytes`));
      else done(null, chunk);
    },
  });
}

/** Those that `wants` says yes to, in the order of the archive; it may throw. Throws plain errors for what is no archive. */
export async function* tarEntries(
  archive: Readable,
  decompressor: Transform,
  limits: TarLimits,
  wants: (header: Header) => boolean,
  signal?: AbortSignal,
): AsyncGenerator<TarEntry> {
  const unpacker = extract();
  const flow = pipeline(archive, decompressor, limiter(limits.total), unpacker, { signal });
  // The iterator below throws the same error; without this it would count as unhandled.
  flow.catch(() => {});
  try {
    for await (const entry of unpacker) {
      const { name } = entry.header;
      if (!wants(entry.header)) {
        entry.resume();
        continue;
      }
      const chunks: Buffer[] = [];
      let length = 0;
      for await (const chunk of entry as AsyncIterable<Buffer>) {
        length += chunk.length;
        if (length > limits.entry) throw new TarLimitError(`${name} unpacks to more than ${integer(limits.entry)} bytes`);
        chunks.push(chunk);
      }
      yield { name, bytes: Buffer.concat(chunks, length) };
    }
    await flow;
  } finally {
    archive.destroy();
  }
}
