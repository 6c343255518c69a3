import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { gzipSync } from 'node:zlib';
import { pack } from 'tar-stream';
import { describe, expect, test } from 'vitest';
import { readTarball, type TarballLimits } from '../../../app/datasets/tarball.ts';
import { temporaryFolder } from './tiny.ts';

const generous: TarballLimits = { entry: 1_000_000, total: 10_000_000 };

async function tarball(files: Record<string, Buffer>): Promise<string> {
  const archive = pack();
  for (const [name, bytes] of Object.entries(files)) archive.entry({ name }, bytes);
  archive.entry({ name: 'wanted/link', type: 'symlink', linkname: '/etc/passwd' });
  archive.finalize();
  const path = join(await temporaryFolder(), 'archive.tgz');
  await writeFile(path, gzipSync(await buffer(archive)));
  return path;
}

async function unpack(
  path: string,
  wanted: string[],
  limits = generous,
  signal = new AbortController().signal,
): Promise<Record<string, string>> {
  const found: Record<string, string> = {};
  for await (const { name, bytes } of readTarball(path, new Set(wanted), limits, () => {}, signal)) found[name] = bytes.toString();
  return found;
}

describe('a gzipped tar archive', () => {
  test('gives the wanted files and skips the rest, links included', async () => {
    const path = await tarball({ 'wanted/a': Buffer.from('one'), other: Buffer.alloc(5000), 'wanted/b': Buffer.from('two') });
    expect(await unpack(path, ['wanted/a', 'wanted/b', 'wanted/link'])).toEqual({ 'wanted/a': 'one', 'wanted/b': 'two' });
  });

  test('tells how far it is, up to the end', async () => {
    const path = await tarball({ a: Buffer.alloc(500_000, 'abc'), b: Buffer.alloc(500_000, 'def') });
    const shares: number[] = [];
    for await (const _ of readTarball(path, new Set(['a', 'b']), generous, (share) => shares.push(share), new AbortController().signal));
    expect(shares).toHaveLength(2);
    expect(shares.at(-1)).toBe(1);
  });

  test('is refused where an entry is larger than allowed', async () => {
    const path = await tarball({ a: Buffer.alloc(2000) });
    await expect(unpack(path, ['a'], { ...generous, entry: 1999 })).rejects.toThrow('a unpacks to more than 1,999 bytes');
    await expect(unpack(path, ['a'], { ...generous, entry: 2000 })).resolves.toHaveProperty('a');
  });

  test('is refused where all of it is larger than allowed, wanted or not', async () => {
    const path = await tarball({ bomb: Buffer.alloc(5_000_000) });
    await expect(unpack(path, [], { ...generous, total: 1_000_000 })).rejects.toThrow('it unpacks to more than 1,000,000 bytes');
  });

  test('that is cut short, or no archive, is refused', async () => {
    const path = await tarball({ a: Buffer.from(Array.from({ length: 5000 }, (_, i) => (i * i * 31) % 251)) });
    const whole = await readFile(path);
    await writeFile(path, whole.subarray(0, whole.length / 2));
    await expect(unpack(path, ['a'])).rejects.toThrow();
    await writeFile(path, 'not gzip');
    await expect(unpack(path, ['a'])).rejects.toThrow();
  });

  test('stops when told', async () => {
    const path = await tarball({ a: Buffer.from('one') });
    await expect(unpack(path, ['a'], generous, AbortSignal.abort())).rejects.toThrow(/abort/i);
  });
});
