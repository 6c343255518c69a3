// What is known of a data set before any file is read, and what a source of its images must do. No source is chosen here.
import type { ImageShape, ImageSplit } from '../../trainer/index.ts';

export interface DataSetDefinition {
  name: string;
  shape: ImageShape;
  /** Class names in label order. */
  classes: readonly string[];
  /** Images in each part, as published. */
  train: number;
  test: number;
}

/** The two parts of a data set, in shared memory. */
export interface Samples {
  train: ImageSplit;
  test: ImageSplit;
}

/** Where files may lie; whoever calls fills it in (places.ts). */
export interface Places {
  /** Folder for files that we converted ourselves. */
  cache: string;
  /** Folder of the IDX files of Fashion-MNIST. */
  fashionMnist: string;
}

export interface SourceFile {
  path: string;
  bytes: number;
}

/** Where a data set's images come from. Both methods throw `dataset.missing` or `dataset.damaged`, with a command that helps. */
export interface Source {
  /** A quick look: the files are there and have the size they should have. */
  find(places: Places): Promise<SourceFile[]>;
  read(places: Places): Promise<Samples>;
}

/** Zeroed images and labels of `count` samples, over one SharedArrayBuffer each. */
export function allocate({ shape }: DataSetDefinition, count: number): ImageSplit {
  const pixels = shape.channels * shape.height * shape.width;
  return {
    count,
    images: new Uint8Array(new SharedArrayBuffer(count * pixels)),
    labels: new Uint8Array(new SharedArrayBuffer(count)),
  };
}
