import { createHash } from 'node:crypto';
import { expect, test } from 'vitest';
import { fingerprint } from '../../../app/datasets/fingerprint.ts';
import { tiny, tinySamples } from './tiny.ts';

const field = (content: string | Uint8Array): Buffer => {
  const bytes = Buffer.from(content as string);
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(bytes.length));
  return Buffer.concat([length, bytes]);
};

test('is the SHA-256 of the documented fields', async () => {
  const { train, test: held } = tinySamples();
  const texts = ['runledger/dataset/1', 'tiny', '1', '2', '3', '3', 'round', 'straight', 'both'];
  const bytes = Buffer.concat([...texts, train.images, train.labels, held.images, held.labels].map(field));
  expect(await fingerprint(tiny, tinySamples())).toBe(createHash('sha256').update(bytes).digest('hex'));
});

test('never changes', async () => {
  expect(await fingerprint(tiny, tinySamples())).toBe('d9bd0c50e920827cbcd15e6a6241f8a93cfe21237183c6924e8d9b2f548b1c64');
});

test('covers names, shape, classes and every byte', async () => {
  const changed = tinySamples();
  changed.test.labels[1] = 2;
  const moved = tinySamples();
  moved.train.images[0] = 1;
  const all = await Promise.all([
    fingerprint(tiny, tinySamples()),
    fingerprint({ ...tiny, name: 'tinz' }, tinySamples()),
    fingerprint({ ...tiny, shape: { channels: 1, height: 3, width: 2 } }, tinySamples()),
    fingerprint({ ...tiny, classes: ['round', 'straigh', 'tboth'] }, tinySamples()),
    fingerprint(tiny, changed),
    fingerprint(tiny, moved),
  ]);
  expect(new Set(all).size).toBe(all.length);
});

test('takes more than one stretch of bytes', async () => {
  const large = { ...tiny, shape: { channels: 3, height: 1000, width: 500 } };
  const samples = tinySamples(large);
  const texts = ['runledger/dataset/1', 'tiny', '3', '1000', '500', '3', 'round', 'straight', 'both'];
  const bytes = Buffer.concat([...texts, samples.train.images, samples.train.labels, samples.test.images, samples.test.labels].map(field));
  expect(samples.train.images.length).toBeGreaterThan(4 << 20);
  expect(await fingerprint(large, samples)).toBe(createHash('sha256').update(bytes).digest('hex'));
});
