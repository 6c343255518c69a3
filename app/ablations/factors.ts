// The words for what an ablation varies: a path of the written or canonical recipe becomes a factor a reader knows,
// and its values become levels. Pages, tables and run names share them.
import type { Json } from '../ledger/ports.ts';

const labels: Record<string, string> = {
  batchNorm: 'batch normalization',
  batchNorm2d: 'batch normalization',
  batchNorm1d: 'batch normalization of vectors',
  lr: 'learning rate',
  randomCrop: 'random crop',
  horizontalFlip: 'horizontal flip',
  weightDecay: 'weight decay',
  stepSize: 'step size',
  conv2d: 'convolutions',
  maxPool2d: 'max pooling',
  avgPool2d: 'average pooling',
  adaptiveAvgPool2d: 'average pooling',
  globalAvgPool: 'global average pooling',
  residual: 'residual blocks',
  concatenation: 'concatenations',
  scale: 'channel scaling',
  linear: 'linear layers',
  batch: 'batch size',
};

/** `network.simpleCnn.batchNorm` is `batchNorm`: what a run's name and a narrow column have room for. */
export function shortFactor(path: string): string {
  return path.split('.').at(-1) as string;
}

/** The factor in prose, in lower case: `network.simpleCnn.batchNorm` is 'batch normalization'. */
export function factorLabel(path: string): string {
  const short = shortFactor(path);
  return labels[short] ?? short;
}

/** A level as a run's name says it: `on`, `off`, `0.01`, `sgd`. */
export function levelLabel(value: Json): string {
  if (typeof value === 'boolean') return value ? 'on' : 'off';
  if (value === null) return 'none';
  if (Array.isArray(value)) return value.length === 0 ? 'none' : value.map(levelLabel).join(', ');
  if (typeof value === 'object') {
    return Object.entries(value)
      .map(([key, inner]) => `${key} ${levelLabel(inner)}`)
      .join(', ');
  }
  return String(value);
}

/** What a trial is set to besides one factor. */
export function othersOf(assignment: Readonly<Record<string, Json>>, path: string): Record<string, Json> {
  const { [path]: _, ...others } = assignment;
  return others;
}

/** What the other factors of a sweep are set to, in prose: `batch size 2`, `without batch normalization`; null without others. */
export function settingLabel(others: Readonly<Record<string, Json>>): string | null {
  const words = Object.entries(others).map(([path, value]) => {
    const label = factorLabel(path);
    return typeof value === 'boolean' ? `${levelHeading(value)} ${label}` : `${label} ${levelLabel(value)}`;
  });
  return words.length === 0 ? null : words.join(', ');
}

/** A level as a column of the report heads it: a switch is 'with' or 'without'. */
export function levelHeading(value: Json): string {
  if (typeof value === 'boolean') return value ? 'with' : 'without';
  return levelLabel(value);
}
