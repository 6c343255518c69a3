// A data set of four IDX files in a folder, plain or gzipped, named as MNIST's are. Fashion-MNIST has the same names.
import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';
import { integer } from '../../views/format/number.ts';
import { checkLabels, damaged, isErrorCode, missing } from './damage.ts';
import { allocate, type DataSetDefinition, type Places, type Source, type SourceFile } from './definition.ts';
import { idxHeaderBytes, parseIdx } from './idx.ts';

interface IdxFile {
  part: 'train' | 'test';
  content: 'images' | 'labels';
  /** Name without `.gz`. */
  name: string;
}

const idxFiles: readonly IdxFile[] = [
  { part: 'train', content: 'images', name: 'train-images-idx3-ubyte' },
  { part: 'train', content: 'labels', name: 'train-labels-idx1-ubyte' },
  { part: 'test', content: 'images', name: 't10k-images-idx3-ubyte' },
  { part: 'test', content: 'labels', name: 't10k-labels-idx1-ubyte' },
];

/** `help` is what to run, or where to put files, when they are missing or damaged. */
export function idxSource(definition: DataSetDefinition, folderOf: (places: Places) => string, help: string): Source {
  const { name, shape, classes } = definition;

  const dimensionsOf = ({ part, content }: IdxFile): number[] => {
    const count = definition[part];
    return content === 'images' ? [count, shape.height, shape.width] : [count];
  };
  const plainBytes = (file: IdxFile): number => {
    const dimensions = dimensionsOf(file);
    return idxHeaderBytes(dimensions.length) + dimensions.reduce((product, size) => product * size, 1);
  };

  const findOne = async (folder: string, file: IdxFile): Promise<SourceFile> => {
    for (const path of [join(folder, file.name), join(folder, `${file.name}.gz`)]) {
      try {
        const { size } = await stat(path);
        const expected = plainBytes(file);
        if (!path.endsWith('.gz') && size !== expected)
          throw damaged(name, path, `${integer(size)} bytes found, ${integer(expected)} expected`, help);
        return { path, bytes: size };
      } catch (thrown) {
        if (!isErrorCode(thrown, 'ENOENT') && !isErrorCode(thrown, 'ENOTDIR')) throw thrown;
      }
    }
    throw missing(name, join(folder, file.name), help);
  };

  const readOne = async (path: string, file: IdxFile): Promise<Uint8Array> => {
    let bytes: Uint8Array = await readFile(path);
    if (path.endsWith('.gz')) {
      try {
        // The limit is on real bytes: what a small file unpacks to is not to be trusted.
        bytes = await promisify(gunzip)(bytes, { maxOutputLength: plainBytes(file) + 1 });
      } catch (cause) {
        throw damaged(name, path, `it does not unpack to ${integer(plainBytes(file))} bytes`, help, cause);
      }
    }
    const values = parseIdx(bytes, dimensionsOf(file));
    if (typeof values === 'string') throw damaged(name, path, values, help);
    if (file.content === 'labels') checkLabels(name, path, values, classes.length, help);
    return values;
  };

  const find = (places: Places): Promise<SourceFile[]> => Promise.all(idxFiles.map((file) => findOne(folderOf(places), file)));

  return {
    find,
    async read(places) {
      const found = await find(places);
      const samples = { train: allocate(definition, definition.train), test: allocate(definition, definition.test) };
      for (const [i, file] of idxFiles.entries()) samples[file.part][file.content].set(await readOne(found[i]!.path, file));
      return samples;
    },
  };
}
