// What a metric after the fact is: numbers about a state of a run, worked out from what its network gives for a part of the data. One file a
// metric beside this one; index.ts lists them.
import type { ResolvedLayer } from '../network.ts';
import type { AugmentStep } from '../recipe.ts';

/** Of the data: images trained on, held out for validation, or of the data set's own test file. */
export const parts = ['train', 'validation', 'test'] as const;
export type Part = (typeof parts)[number];

/** Numbers by what they are of: `cat`, or `conv2d.1/mean` where there are several of one thing. What has no images has no number. */
export type MetricValues = Record<string, number>;

/** What the network gives for every image of a part, in order. */
export interface Outputs {
  /** (N, classes) */
  logits: Float32Array;
  /** (N) */
  losses: Float32Array;
  /** Class a sample, (N). */
  predictions: Uint32Array;
  /** (N) */
  labels: Uint8Array;
}

/** What one layer gives for some images. */
export interface Activations {
  layer: ResolvedLayer;
  /** (N, height, width, channels) */
  values: Float32Array;
}

/** A state of a run at the end of an epoch, looked at through a part of the data. Evaluated with running statistics, without dropout. */
export interface Subject {
  classes: readonly string[];
  /** With the images augmented as in training in the same epoch; as they are where the policy is empty. */
  outputs(augment: readonly AugmentStep[]): Promise<Outputs>;
  /** Every layer's, batch after batch of a fixed sample of at most `count` images, the same one for every run on this part. */
  activations(count: number): AsyncIterable<Activations[]>;
}

/** What whoever asks for a metric may say. */
export interface Asked {
  /** The recipe's policy, or another. */
  augment: AugmentStep[];
}

export interface Metric<Settings extends object = object> {
  /** One line for a list of metrics. */
  readonly description: string;
  /** Whether `augment` is for it. */
  readonly augmented: boolean;
  /** All that decides its values beside run, epoch and part; recorded with them. */
  settings(asked: Asked): Settings;
  /** In double. */
  measure(subject: Subject, settings: Settings): Promise<MetricValues>;
}
