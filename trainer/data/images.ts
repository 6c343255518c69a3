// Images as the trainer takes them: bytes, channels last, in memory that workers can share.

export interface ImageShape {
  channels: number;
  height: number;
  width: number;
}

/** `images` is (count, height, width, channels), `labels` (count), both over SharedArrayBuffer where runs share them. */
export interface ImageSplit {
  count: number;
  images: Uint8Array;
  labels: Uint8Array;
}

/** A data set as handed to `train`. Knows no files. */
export interface DataSet {
  name: string;
  shape: ImageShape;
  /** Class names in label order. */
  classes: string[];
  /** SHA-256, hex, over name, shape, classes, then images and labels of train and test. */
  fingerprint: string;
  train: ImageSplit;
  test: ImageSplit;
}
