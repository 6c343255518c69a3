// Unpacks a gzipped tar archive, as npm packs them.
import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { createGunzip } from 'node:zlib';
import { type TarEntry, type TarLimits, tarEntries } from '../tarEntries.ts';

export type { TarEntry as TarballEntry, TarLimits as TarballLimits } from '../tarEntries.ts';

/** Regular files that `wanted` names, in the order of the archive; the rest is skipped. `onShare` gets 0 to 1 of the archive. Throws plain errors. */
export async function* readTarball(
  path: string,
  wanted: ReadonlySet<string>,
  limits: TarLimits,
  onShare: (share: number) => void,
  signal: AbortSignal,
): AsyncGenerator<TarEntry> {
  const { size } = await stat(path);
  const archive = createReadStream(path);
  const wants = ({ name, type }: { name: string; type?: unknown }): boolean => type === 'file' && wanted.has(name);
  for await (const entry of tarEntries(archive, createGunzip(), limits, wants, signal)) {
    yield entry;
    onShare(archive.bytesRead / size);
  }
}
