import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { checkDataSet, dataSetNames, listDataSets, loadDataSet } from '../../../app/datasets/index.ts';
import { bundledMnist, standardPlaces } from '../../../app/datasets/places.ts';
import { temporaryFolder } from './tiny.ts';

describe('MNIST, which comes with us', () => {
  test('loads as published', async () => {
    const { name, shape, classes, train, test: held, fingerprint } = await loadDataSet('mnist');
    expect({ name, shape, classes }).toEqual({ name: 'mnist', shape: { channels: 1, height: 28, width: 28 }, classes: [...'0123456789'] });
    expect(train.images).toHaveLength(60_000 * 784);
    expect(held.images).toHaveLength(10_000 * 784);
    expect(train.images.buffer).toBeInstanceOf(SharedArrayBuffer);
    // The first training image is a 5, and the published number of each digit in the training part.
    expect([...train.labels.subarray(0, 5)]).toEqual([5, 0, 4, 1, 9]);
    const counts = new Array(10).fill(0);
    for (const label of train.labels) counts[label]++;
    expect(counts).toEqual([5923, 6742, 5958, 6131, 5842, 5421, 5918, 6265, 5851, 5949]);
    // Mean of v/255 over the training part, as everybody's normalisation quotes it.
    expect(train.images.reduce((sum, value) => sum + value, 0) / train.images.length / 255).toBeCloseTo(0.1307, 4);
    expect(fingerprint).toBe('0f79bf6f134fe2aa7472fd4bc40ef25d6083c9625327a344c727b35c8604e1ab');
  });

  test('passes its check', async () => {
    expect(await checkDataSet('mnist')).toMatchObject({ state: 'intact', images: 70_000 });
  });
});

describe('the other data sets', () => {
  test('are listed with what brings them', async () => {
    const empty = await temporaryFolder();
    const listings = await listDataSets({ cache: empty, fashionMnist: empty });
    expect(listings.map(({ name }) => name)).toEqual(dataSetNames);
    expect(listings.map(({ state }) => state)).toEqual(['ready', 'missing', 'missing']);
    expect(listings.map(({ help }) => help.split('\n')[0])).toEqual([
      'npm ci',
      'apt-get install dataset-fashion-mnist',
      'runledger data pull cifar10',
    ]);
  });

  test('a file of another size is seen without reading it', async () => {
    const cache = await temporaryFolder(new Map([['cifar10.rldata', Buffer.from('RLDATA1\n and then nothing')]]));
    const [, , cifar10] = await listDataSets({ cache });
    expect(cifar10).toMatchObject({ state: 'damaged', error: { code: 'dataset.damaged' } });
    expect(await checkDataSet('cifar10', { cache })).toMatchObject({ state: 'damaged' });
    await expect(loadDataSet('cifar10', { cache })).rejects.toMatchObject({ code: 'dataset.damaged', help: 'runledger data pull cifar10' });
  });

  test('files that hold other images than were published are refused', async () => {
    const digits = ['train-images-idx3-ubyte', 'train-labels-idx1-ubyte', 't10k-images-idx3-ubyte', 't10k-labels-idx1-ubyte'];
    const folder = await temporaryFolder();
    for (const name of digits) await writeFile(join(folder, name), await readFile(join(bundledMnist(), name)));
    const heard: string[] = [];
    const refused = loadDataSet('fashion-mnist', { fashionMnist: folder }, (unverified) => {
      heard.push(unverified.name);
    });
    await expect(refused).rejects.toMatchObject({
      code: 'dataset.damaged',
      message: expect.stringMatching(/^fashion-mnist is damaged: its fingerprint is [0-9a-f]{64}, published is e2307a43/),
    });
    expect(heard).toEqual(['fashion-mnist']);
  });

  test('an unknown name is refused with the known ones', async () => {
    await expect(loadDataSet('cifar100')).rejects.toMatchObject({
      code: 'dataset.unknown',
      help: 'did you mean `cifar10`? Allowed: mnist, fashion-mnist, cifar10',
    });
    await expect(checkDataSet('cifar100')).rejects.toMatchObject({ code: 'dataset.unknown' });
  });
});

test('places follow the environment', () => {
  expect(standardPlaces({ RUNLEDGER_CACHE: '/c', RUNLEDGER_FASHION_MNIST: '/f' })).toEqual({
    cache: join('/c', 'datasets'),
    fashionMnist: '/f',
  });
  expect(standardPlaces({}).fashionMnist).toBe('/usr/share/datasets/fashion-mnist');
});
