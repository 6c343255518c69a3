// Reading a data set by name, and saying which there are. Bytes that differ from the published ones are refused: a run on them would compare with nothing.
import { RunledgerError } from '../../trainer/errors.ts';
import type { DataSet, DataSetOutline } from '../../trainer/index.ts';
import { catalogue, type KnownDataSet } from './catalogue.ts';
import { damaged } from './damage.ts';
import type { DataSetDefinition, Places, SourceFile } from './definition.ts';
import { fingerprint } from './fingerprint.ts';
import { dataSetNames } from './known.ts';
import { standardPlaces } from './places.ts';

/** The entry of the catalogue; throws `dataset.unknown`. */
export async function known(name: string): Promise<KnownDataSet> {
  const found = catalogue.find(({ definition }) => definition.name === name);
  if (found === undefined) {
    const { suggestion } = await import('../../trainer/index.ts');
    throw new RunledgerError('dataset.unknown', `there is no data set \`${name}\``, { help: suggestion(name, dataSetNames) });
  }
  return found;
}

/** What a recipe is judged by, without reading a file. Throws `dataset.unknown`. */
export async function outlineOf(name: string): Promise<DataSetOutline> {
  const { shape, classes, train } = (await known(name)).definition;
  return { shape, classes: [...classes], train: { count: train } };
}

/** Hears of a data set once it is read and before its bytes are verified: to begin with, not to record anything of. They are verified once it resolves. */
export type OnRead = (unverified: DataSet) => void | Promise<void>;

/**
 * Images and labels over SharedArrayBuffer, so that workers share them. Reads and hashes without holding up the thread for more than a few milliseconds.
 * Resolves when every byte is verified.
 * @throws RunledgerError `dataset.unknown`, `dataset.missing`, `dataset.damaged`
 *
 * ```ts
 * const { train } = await loadDataSet('mnist'); // train.images: (60000, 28, 28, 1)
 * ```
 */
export async function loadDataSet(name: string, places: Partial<Places> = {}, onRead?: OnRead): Promise<DataSet> {
  const { definition, source, fingerprint: published, help } = await known(name);
  const where = { ...standardPlaces(), ...places };
  const samples = await source.read(where);
  const dataset: DataSet = { name, shape: definition.shape, classes: [...definition.classes], fingerprint: published, ...samples };
  await onRead?.(dataset);
  const found = await fingerprint(definition, samples);
  if (found !== published) {
    const [file] = await source.find(where);
    throw damaged(name, file!.path, `its fingerprint is ${found}, published is ${published}`, help);
  }
  return dataset;
}

export interface DataSetListing extends DataSetDefinition {
  /** As published; what `loadDataSet` insists on. */
  fingerprint: string;
  state: 'ready' | 'missing' | 'damaged';
  /** The files, where they are there. */
  files: SourceFile[];
  /** What is wrong, where something is. */
  error: RunledgerError | null;
  /** What brings the files, e.g. `runledger data pull cifar10`. */
  help: string;
}

/** All data sets with a quick look at their files; nothing is read. Files that are there but cannot be opened count as damaged. */
export function listDataSets(places: Partial<Places> = {}): Promise<DataSetListing[]> {
  const where = { ...standardPlaces(), ...places };
  return Promise.all(
    catalogue.map(async ({ definition, source, fingerprint, help }): Promise<DataSetListing> => {
      const listing = { ...definition, fingerprint, help };
      try {
        return { ...listing, state: 'ready', files: await source.find(where), error: null };
      } catch (thrown) {
        const error = thrown instanceof RunledgerError ? thrown : damaged(definition.name, '', String(thrown), help, thrown);
        return { ...listing, state: error.code === 'dataset.missing' ? 'missing' : 'damaged', files: [], error };
      }
    }),
  );
}

export type DataSetCheck =
  | { state: 'intact'; fingerprint: string; images: number }
  | { state: 'missing' | 'damaged'; error: RunledgerError };

/** Reads every byte and holds the fingerprint against the published one. */
export async function checkDataSet(name: string, places: Partial<Places> = {}): Promise<DataSetCheck> {
  try {
    const { fingerprint, train, test } = await loadDataSet(name, places);
    return { state: 'intact', fingerprint, images: train.count + test.count };
  } catch (thrown) {
    if (!(thrown instanceof RunledgerError)) throw thrown;
    if (thrown.code === 'dataset.missing') return { state: 'missing', error: thrown };
    if (thrown.code === 'dataset.damaged') return { state: 'damaged', error: thrown };
    throw thrown;
  }
}
