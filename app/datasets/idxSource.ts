// A data set of four IDX files in a folder, plain or gzipped, named as MNIST's are. Fashion-MNIST has the same names.
import { open, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';
import { integer } from '../../views/format/number.ts';
import { checkLabels, damaged, isErrorCode, missing } from './damage.ts';
import { allocate, type DataSetDefinition, type Places, type Source, type SourceFile } from './definition.ts';
import { checkIdx, idxHeaderBytes } from './idx.ts';
import { readFully } from './readFully.ts';

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

  /** Fills `values`. */
  const readOne = async (path: string, file: IdxFile, values: Uint8Array): Promise<void> => {
    const fault = path.endsWith('.gz') ? await unpack(path, file, values) : await readPlain(path, dimensionsOf(file), values);
    if (fault !== null) throw damaged(name, path, fault, help);
    if (file.content === 'labels') checkLabels(name, path, values, classes.length, help);
  };

  const unpack = async (path: string, file: IdxFile, values: Uint8Array): Promise<string | null> => {
    let bytes: Uint8Array;
    try {
      // The limit is on real bytes: what a small file unpacks to is not to be trusted.
      bytes = await promisify(gunzip)(await readFile(path), { maxOutputLength: plainBytes(file) + 1 });
    } catch (cause) {
      throw damaged(name, path, `it does not unpack to ${integer(plainBytes(file))} bytes`, help, cause);
    }
    const fault = checkIdx(bytes, bytes.length, dimensionsOf(file));
    if (fault === null) values.set(bytes.subarray(bytes.length - values.length));
    return fault;
  };

  const find = (places: Places): Promise<SourceFile[]> => Promise.all(idxFiles.map((file) => findOne(folderOf(places), file)));

  return {
    find,
    async read(places) {
      const found = await find(places);
      const samples = { train: allocate(definition, definition.train), test: allocate(definition, definition.test) };
      await Promise.all(idxFiles.map((file, i) => readOne(found[i]!.path, file, samples[file.part][file.content])));
      return samples;
    },
  };
}

/** Reads a plain file straight into `values`, or gives what is wrong with it. */
async function readPlain(path: string, dimensions: readonly number[], values: Uint8Array): Promise<string | null> {
  const file = await open(path, 'r');
  try {
    const header = new Uint8Array(idxHeaderBytes(dimensions.length));
    const { size } = await file.stat();
    const { bytesRead } = await file.read(header, 0, header.length, 0);
    const fault = checkIdx(header.subarray(0, bytesRead), size, dimensions);
    if (fault !== null) return fault;
    return (await readFully(file, values, header.length)) ? null : 'it ended while it was read';
  } finally {
    await file.close();
  }
}
