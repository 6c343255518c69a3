// What augmentation costs: the same steps with and without padded crop and flip, in turn.
import type { Bench, Measurement } from '../bench.ts';
import { engineContender } from '../contenders/engine.ts';
import { inRounds, rate } from '../measure/rounds.ts';
import type { Row } from '../report/row.ts';

export const augmentation: Measurement = {
  name: 'augmentation',
  quickSeconds: 4,
  async measure({ pace }: Bench): Promise<Row[]> {
    const augment = [{ randomCrop: 4 }, 'horizontalFlip'];
    const plain = engineContender('without augmentation', { network: 'seed', threads: 2 });
    const augmented = engineContender('with augmentation', { network: 'seed', threads: 2, augment });
    // A small difference of two large numbers wants more rounds than a ratio.
    const rounds = await inRounds([plain, augmented], { ...pace, rounds: 2 * pace.rounds });
    return [
      {
        id: 'augmentation',
        what: 'augmentation, of the step’s time',
        measured: rate(rounds.median(augmented)),
        against: { ...rate(rounds.median(plain)), name: 'without' },
        ratio: { value: 100 * (rounds.median(plain) / rounds.median(augmented) - 1), unit: '%' },
        target: { atMost: 5 },
        note: null,
        samples: rounds.samples([plain, augmented]),
      },
    ];
  },
};
