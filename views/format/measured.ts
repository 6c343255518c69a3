// Numbers that were measured after the fact: which are shares and stand in %, which are counts, and what their settings say.
import { accuracy, loss } from './metric.ts';
import { fixed, integer, type Value } from './number.ts';

const titles: Record<string, string> = {
  perClassAccuracy: 'Accuracy by class',
  calibrationError: 'Calibration error',
  loss: 'Loss',
  activationStatistics: 'Activations',
};

/** For a heading; a metric that this version does not know has its own name. */
export const measuredTitle = (metric: string): string => titles[metric] ?? metric;

const shares = ['accuracy', 'confidence', 'error', 'zeros', 'dead'];

/** What the numbers of a metric under this name are: `name` is what stands behind the last slash, or the whole of it. */
function kindOf(metric: string, name: string): 'share' | 'count' | 'number' {
  if (metric === 'perClassAccuracy' || shares.includes(name)) return 'share';
  return name === 'count' ? 'count' : 'number';
}

/** The heading of a column, its unit included: `zeros %`. */
export const measuredHeading = (metric: string, name: string): string => (kindOf(metric, name) === 'share' ? `${name} %` : name);

/** The unit stands in the heading, or behind it with `measuredUnit`. */
export function measuredNumber(metric: string, name: string, value: Value): string {
  const kind = kindOf(metric, name);
  if (kind === 'share') return accuracy(value);
  if (kind === 'count') return integer(value);
  return metric === 'loss' ? loss(value) : fixed(value, 3);
}

/** ` %` or nothing. */
export const measuredUnit = (metric: string, name: string): string => (kindOf(metric, name) === 'share' ? ' %' : '');

/** What it was measured under, in words: `horizontalFlip p 0.5, randomCrop padding 4`, `15 bins`; empty where there is nothing to say. */
export function measuredSettings(settings: unknown): string {
  const said = Object.entries((settings ?? {}) as Record<string, unknown>).map(([name, value]) => {
    if (name === 'augment' && Array.isArray(value)) return value.length === 0 ? 'images as they are' : value.map(operator).join(', ');
    return typeof value === 'number' ? `${integer(value)} ${name}` : `${name} ${JSON.stringify(value)}`;
  });
  return said.join(', ');
}

function operator(step: unknown): string {
  const { kind, name: _, ...settings } = step as Record<string, unknown>;
  return [kind, ...Object.entries(settings).map(([setting, value]) => `${setting} ${value}`)].join(' ');
}
