// A data set of a few bytes, and its files, for tests of the readers.
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { allocate, type DataSetDefinition, type Samples } from '../../../app/datasets/definition.ts';

export const tiny: DataSetDefinition = {
  name: 'tiny',
  shape: { channels: 1, height: 2, width: 3 },
  classes: ['round', 'straight', 'both'],
  train: 4,
  test: 2,
};

/** Images count up from 0 through both parts, labels go round. */
export function tinySamples(definition = tiny): Samples {
  const samples = { train: allocate(definition, definition.train), test: allocate(definition, definition.test) };
  let next = 0;
  for (const { images, labels, count } of [samples.train, samples.test]) {
    for (let i = 0; i < images.length; i++) images[i] = next++ % 256;
    for (let i = 0; i < count; i++) labels[i] = i % definition.classes.length;
  }
  return samples;
}

/** An IDX file: magic, dimensions, values. */
export function idxFile(dimensions: readonly number[], values: Uint8Array): Buffer {
  const header = Buffer.alloc(4 + 4 * dimensions.length);
  header.writeUInt32BE(0x0800 + dimensions.length);
  dimensions.forEach((size, i) => {
    header.writeUInt32BE(size, 4 + 4 * i);
  });
  return Buffer.concat([header, values]);
}

export function tinyIdxFiles(): Map<string, Buffer> {
  const { train, test } = tinySamples();
  return new Map([
    ['train-images-idx3-ubyte', idxFile([4, 2, 3], train.images)],
    ['train-labels-idx1-ubyte', idxFile([4], train.labels)],
    ['t10k-images-idx3-ubyte', idxFile([2, 2, 3], test.images)],
    ['t10k-labels-idx1-ubyte', idxFile([2], test.labels)],
  ]);
}

/** A folder that is gone after the test. */
export async function temporaryFolder(files: ReadonlyMap<string, Uint8Array> = new Map()): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'runledger-test-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  for (const [name, bytes] of files) await writeFile(join(folder, name), bytes);
  return folder;
}
