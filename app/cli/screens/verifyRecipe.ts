// What `verify-recipe` prints: identical with the published fingerprint, or what differs.

import type { Progress } from '../../../trainer/index.ts';
import { grouped } from '../../../views/format/identity.ts';
import { integer } from '../../../views/format/number.ts';
import { duration } from '../../../views/format/time.ts';
import type { Difference } from '../../runs/differences.ts';
import type { FirstEpoch } from '../../runs/published.ts';
import type { EpochDifference } from '../../runs/verifyRecipe.ts';
import { bar } from '../terminal/bar.ts';
import type { Screen } from '../terminal/screen.ts';

type Painted = Pick<Screen, 'paint'>;

export function firstEpochLine({ step, stepsPerEpoch, samplesPerSecond }: Progress, { paint }: Painted): string {
  const steps = `step ${integer(step)}/${integer(stepsPerEpoch)} · ${integer(samplesPerSecond)} img/s`;
  return `${bar(step / stepsPerEpoch, 30, paint)}  epoch ${paint.bold('1')}  ${paint.muted(steps)}`;
}

export function identicalReport(name: string, seed: number, { fingerprint }: FirstEpoch, seconds: number, { paint }: Painted): string[] {
  return [
    `${paint.better('✓ identical')}  the first epoch of ${name}, seed ${seed} · ${duration(seconds)}`,
    `  ${paint.muted('fingerprint')}  ${grouped(fingerprint, 16)}`,
  ];
}

export function differingReport(name: string, seed: number, differences: readonly EpochDifference[], { paint }: Painted): string[] {
  const short = (text: string): string => (/^[0-9a-f]{64}$/.test(text) ? grouped(text, 16) : text);
  const width = Math.max(...differences.map(({ published }) => short(published).length), 'published'.length);
  return [
    `${paint.worse('✗ differs')}  the first epoch of ${name}, seed ${seed}`,
    paint.muted(`  ${''.padEnd(11)}  ${'published'.padEnd(width)}  here`),
    ...differences.map(
      ({ what, published, found }) => `  ${paint.muted(what.padEnd(11))}  ${short(published).padEnd(width)}  ${paint.worse(short(found))}`,
    ),
    `${paint.bold('help')}  ${helpFor(differences)}`,
  ];
}

function helpFor(differences: readonly EpochDifference[]): string {
  const has = (what: string): boolean => differences.some((difference) => difference.what === what);
  if (has('numerics')) return 'another version of the program published it; what both have recorded can still be compared';
  if (has('data set')) return 'the images are others: runledger data list';
  return 'runledger doctor     does this machine compute rightly?';
}

/** Settings that the file has otherwise than the shipped recipe. */
export function changedReport(name: string, path: string, differences: readonly Difference[], { paint }: Painted): string[] {
  return [
    `${paint.worse('✗ differs')}  ${path} is not the recipe that ${name} was published with`,
    ...differences.map(({ path: setting, before, after }) => `  ${setting}  ${before ?? 'absent'} → ${after ?? 'absent'}`),
  ];
}
