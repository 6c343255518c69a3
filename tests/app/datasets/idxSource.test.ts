import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import type { Places } from '../../../app/datasets/definition.ts';
import { idxSource } from '../../../app/datasets/idxSource.ts';
import { idxFile, temporaryFolder, tiny, tinyIdxFiles, tinySamples } from './tiny.ts';

const source = idxSource(tiny, (places) => places.fashionMnist, 'fetch tiny');
const at = (folder: string): Places => ({ cache: '', fashionMnist: folder });

describe('a folder of IDX files', () => {
  test('gives the samples, in memory that workers can share', async () => {
    const samples = await source.read(at(await temporaryFolder(tinyIdxFiles())));
    expect(samples).toEqual(tinySamples());
    expect(samples.train.images.buffer).toBeInstanceOf(SharedArrayBuffer);
    expect(samples.test.labels.buffer).toBeInstanceOf(SharedArrayBuffer);
  });

  test('may be gzipped, all or some', async () => {
    const folder = await temporaryFolder(tinyIdxFiles());
    for (const name of ['train-images-idx3-ubyte', 't10k-labels-idx1-ubyte']) {
      await writeFile(join(folder, `${name}.gz`), gzipSync(tinyIdxFiles().get(name)!));
      await rm(join(folder, name));
    }
    expect(await source.read(at(folder))).toEqual(tinySamples());
    expect((await source.find(at(folder))).map(({ path }) => path.endsWith('.gz'))).toEqual([true, false, false, true]);
  });

  test('a missing file is named, with what to run', async () => {
    const folder = await temporaryFolder(tinyIdxFiles());
    await rm(join(folder, 't10k-images-idx3-ubyte'));
    const error = { code: 'dataset.missing', place: join(folder, 't10k-images-idx3-ubyte'), help: 'fetch tiny' };
    await expect(source.find(at(folder))).rejects.toMatchObject(error);
    await expect(source.read(at(folder))).rejects.toMatchObject(error);
    await expect(source.find(at(join(folder, 'nowhere')))).rejects.toMatchObject({ code: 'dataset.missing' });
  });

  const badFiles: [string, string, Buffer, string][] = [
    ['cut short', 'train-images-idx3-ubyte', tinyIdxFiles().get('train-images-idx3-ubyte')!.subarray(0, 39), '39 bytes found, 40 expected'],
    ['of another shape', 'train-images-idx3-ubyte', idxFile([4, 3, 2], new Uint8Array(24)), '4 × 3 × 2 found, 4 × 2 × 3 expected'],
    ['with a label too many', 't10k-labels-idx1-ubyte', idxFile([2], Uint8Array.of(0, 3)), 'label 1 is 3, the classes are 0 to 2'],
  ];
  test.each(badFiles)('a file %s is damaged', async (_what, name, bytes, found) => {
    const folder = await temporaryFolder(new Map([...tinyIdxFiles(), [name, bytes]]));
    await expect(source.read(at(folder))).rejects.toMatchObject({
      code: 'dataset.damaged',
      message: `tiny is damaged: ${found}`,
      place: join(folder, name),
      help: 'fetch tiny',
    });
  });

  const badArchives: [string, Buffer][] = [
    ['cut short', gzipSync(tinyIdxFiles().get('train-images-idx3-ubyte')!).subarray(0, -9)],
    ['no archive', Buffer.from('this is not gzip')],
    ['far larger than its contents may be', gzipSync(Buffer.alloc(10_000_000))],
  ];
  test.each(badArchives)('a gzipped file that is %s is damaged', async (_what, bytes) => {
    const name = 'train-images-idx3-ubyte';
    const folder = await temporaryFolder(new Map([...tinyIdxFiles(), [`${name}.gz`, bytes]]));
    await rm(join(folder, name));
    await expect(source.read(at(folder))).rejects.toMatchObject({
      code: 'dataset.damaged',
      message: 'tiny is damaged: it does not unpack to 40 bytes',
      place: join(folder, `${name}.gz`),
    });
  });
});
