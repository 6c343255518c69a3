// Loss and accuracy of the part under an augmentation policy, its draws those of training in the same epoch. Without one they are what the
// epoch recorded of its validation images, to the bit.
import type { AugmentStep } from '../recipe.ts';
import type { Metric } from './metric.ts';

interface Settings {
  augment: AugmentStep[];
}

export const loss: Metric<Settings> = {
  description: 'loss and accuracy under an augmentation policy',
  augmented: true,
  settings: ({ augment }) => ({ augment }),
  async measure({ outputs }, { augment }) {
    const { losses, predictions, labels } = await outputs(augment);
    let total = 0;
    let right = 0;
    for (const [i, label] of labels.entries()) {
      total += losses[i]!;
      if (predictions[i] === label) right++;
    }
    return { loss: total / labels.length, accuracy: right / labels.length };
  },
};
