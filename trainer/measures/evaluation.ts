// Loss, accuracy and confusion of a part of the data, without training on it.
import type { Engine, Evaluation } from '../engine.ts';
import type { Metrics } from '../facts.ts';

export interface EvaluationTask extends Evaluation {
  /** Of the whole part, by original sample index. */
  labels: Uint8Array;
  classes: number;
  /** Samples at a time; with `batch` statistics it decides the result. */
  batch: number;
}

export interface EvaluationResult {
  metrics: Metrics;
  /** Rows true class, columns predicted. */
  confusion: number[][];
}

/** How many predictions are right. */
export function countCorrect(predictions: Uint32Array, samples: Uint32Array, labels: Uint8Array): number {
  let correct = 0;
  for (let i = 0; i < samples.length; i++) if (predictions[i] === labels[samples[i]!]) correct++;
  return correct;
}

/** Evaluates all samples, batch by batch; `turn` is awaited between batches. Losses are summed in double, in sample order. */
export async function evaluate(engine: Engine, task: EvaluationTask, turn: () => Promise<void> | undefined): Promise<EvaluationResult> {
  const { part, statistics, labels, classes, batch } = task;
  const confusion = Array.from({ length: classes }, () => new Array<number>(classes).fill(0));
  let loss = 0;
  let correct = 0;
  for (let first = 0; first < task.samples.length; first += batch) {
    const samples = task.samples.subarray(first, first + batch);
    const { losses, predictions } = engine.evaluate({ part, statistics, samples });
    for (let i = 0; i < samples.length; i++) {
      loss += losses[i]!;
      confusion[labels[samples[i]!]!]![predictions[i]!]!++;
    }
    correct += countCorrect(predictions, samples, labels);
    await turn();
  }
  const count = task.samples.length;
  return { metrics: { loss: loss / count, accuracy: correct / count }, confusion };
}
