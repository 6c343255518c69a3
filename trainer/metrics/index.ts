// The metrics that can be measured after the fact, by name. A new one is a file beside this one and a line here.
import { RunledgerError } from '../errors.ts';
import { suggestion } from '../recipe/suggest.ts';
import { activationStatistics } from './activationStatistics.ts';
import { calibrationError } from './calibrationError.ts';
import { loss } from './loss.ts';
import type { Asked, Metric, Part } from './metric.ts';
import { perClassAccuracy } from './perClassAccuracy.ts';

const metrics: Readonly<Record<string, Metric>> = { perClassAccuracy, calibrationError, loss, activationStatistics };

/** A metric with all that decides its values. */
export interface MetricTask {
  metric: string;
  part: Part;
  settings: object;
}

export function describeMetrics(): { name: string; description: string }[] {
  return Object.entries(metrics).map(([name, { description }]) => ({ name, description }));
}

/** Error `metric.unknown`. */
export function metricNamed(name: string): Metric {
  if (Object.hasOwn(metrics, name)) return metrics[name]!;
  throw new RunledgerError('metric.unknown', `there is no metric \`${name}\``, { help: suggestion(name, Object.keys(metrics)) });
}

/** Errors: `metric.unknown`; `metric.augment` where a policy was asked for that the metric has no use for. */
export function metricTask(name: string, part: Part, asked: Asked, otherPolicy: boolean): MetricTask {
  const metric = metricNamed(name);
  if (otherPolicy && !metric.augmented) {
    const able = Object.keys(metrics).filter((other) => metrics[other]!.augmented);
    throw new RunledgerError('metric.augment', `${name} is measured on images as they are`, {
      help: `leave out the augmentation, or measure ${able.join(', ')}`,
    });
  }
  return { metric: name, part, settings: metric.settings(asked) };
}
