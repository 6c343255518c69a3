import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import fc from 'fast-check';
import { beforeAll, describe, expect, test } from 'vitest';
import { compactPath, compactSource, writeCompact } from '../../../app/datasets/compact.ts';
import type { Places } from '../../../app/datasets/definition.ts';
import { fingerprint } from '../../../app/datasets/fingerprint.ts';
import { temporaryFolder, tiny, tinySamples } from './tiny.ts';

const source = compactSource(tiny, 'make tiny');
let print: string;
beforeAll(async () => {
  print = await fingerprint(tiny, tinySamples());
});

async function written(): Promise<{ places: Places; path: string }> {
  const places = { cache: join(await temporaryFolder(), 'not/yet/there'), fashionMnist: '' };
  const path = compactPath('tiny', places);
  await writeCompact(path, tiny, tinySamples(), print);
  return { places, path };
}

describe('our own file', () => {
  test('gives back what was written, and leaves nothing beside it', async () => {
    const { places, path } = await written();
    const samples = await source.read(places);
    expect(samples).toEqual(tinySamples());
    expect(samples.train.images.buffer).toBeInstanceOf(SharedArrayBuffer);
    expect(await readdir(places.cache)).toEqual(['tiny.rldata']);
    expect(await source.find(places)).toEqual([{ path, bytes: (await readFile(path)).length }]);
  });

  test('replaces an older one', async () => {
    const { places, path } = await written();
    await writeFile(path, 'something else');
    await writeCompact(path, tiny, tinySamples(), print);
    expect(await source.read(places)).toEqual(tinySamples());
  });

  test('that cannot be put in its place leaves nothing beside it', async () => {
    const places = { cache: await temporaryFolder(), fashionMnist: '' };
    const path = compactPath('tiny', places);
    await mkdir(join(path, 'a folder in its place'), { recursive: true });
    await expect(writeCompact(path, tiny, tinySamples(), print)).rejects.toMatchObject({ syscall: 'rename' });
    expect(await readdir(places.cache)).toEqual(['tiny.rldata']);
  });

  test('that is not there says what makes it', async () => {
    const places = { cache: await temporaryFolder(), fashionMnist: '' };
    await expect(source.find(places)).rejects.toMatchObject({
      code: 'dataset.missing',
      help: 'make tiny',
      place: join(places.cache, 'tiny.rldata'),
    });
  });

  test('is damaged at any other length', async () => {
    const { places, path } = await written();
    const whole = await readFile(path);
    await fc.assert(
      fc.asyncProperty(fc.nat({ max: whole.length - 1 }), async (length) => {
        await writeFile(path, whole.subarray(0, length));
        await expect(source.find(places)).rejects.toMatchObject({ code: 'dataset.damaged', help: 'make tiny' });
      }),
      { seed: 1 },
    );
    await writeFile(path, Buffer.concat([whole, Buffer.of(0)]));
    await expect(source.find(places)).rejects.toMatchObject({ code: 'dataset.damaged' });
  });

  test('with any byte changed is refused, or has another fingerprint than was published', async () => {
    const { places, path } = await written();
    const whole = await readFile(path);
    const stored = whole.indexOf(print);
    await fc.assert(
      fc.asyncProperty(fc.nat({ max: whole.length - 1 }), fc.integer({ min: 1, max: 255 }), async (at, flip) => {
        // The copy of the fingerprint in the header is for readers of the file; the published one decides.
        fc.pre(at < stored || at >= stored + print.length);
        const bytes = Buffer.from(whole);
        bytes[at]! ^= flip;
        await writeFile(path, bytes);
        const outcome = await source.read(places).then(
          (samples) => fingerprint(tiny, samples),
          (error: { code: string }) => error.code,
        );
        expect(outcome).not.toBe(print);
        if (outcome.length !== 64) expect(outcome).toBe('dataset.damaged');
      }),
      { seed: 2 },
    );
  });
});
