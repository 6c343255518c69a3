// How many images of each class are recognised: recall, the diagonal of the confusion matrix over the sums of its rows.
import type { Metric } from './metric.ts';

export const perClassAccuracy: Metric = {
  description: 'share of the images of each class that are recognised',
  augmented: false,
  settings: () => ({}),
  async measure({ classes, outputs }) {
    const { predictions, labels } = await outputs([]);
    const right = new Array<number>(classes.length).fill(0);
    const images = new Array<number>(classes.length).fill(0);
    for (const [i, label] of labels.entries()) {
      images[label]!++;
      if (predictions[i] === label) right[label]!++;
    }
    return Object.fromEntries(classes.flatMap((name, label) => (images[label] === 0 ? [] : [[name, right[label]! / images[label]!]])));
  },
};
