// The sentence a report begins with: what the factor is worth, or that the seeds do not allow to say.
import { points, pointsInterval } from '../../views/format/metric.ts';
import { type Comparison, fewestPairs } from './analysis.ts';
import { factorLabel, levelHeading } from './factors.ts';
import type { FactorGroup } from './groups.ts';

/** `2 seeds allow no conclusion`: said wherever fewer than five pairs stand beside each other; null where five do. */
export function tooFew(pairs: number): string | null {
  if (pairs >= fewestPairs) return null;
  if (pairs === 0) return 'no seed has both, which allows no conclusion';
  return `${pairs} ${pairs === 1 ? 'seed allows' : 'seeds allow'} no conclusion`;
}

/** One or two sentences about the reference level against one other, accuracy in points. */
export function verdict(group: FactorGroup, comparison: Comparison): string {
  const label = factorLabel(group.path);
  const other = group.levels[group.comparisons.indexOf(comparison) + 1];
  const reference = group.levels[0];
  const where = group.setting === null ? '' : group.setting.startsWith('with') ? ` ${group.setting}` : ` at ${group.setting}`;
  const subject = reference?.value === true ? capital(label) : `${capital(label)} ${levelHeading(reference?.value ?? null)}`;
  // Where the other factors stand, behind what is compared.
  const against = `${other === undefined || other.value === false ? '' : ` against ${levelHeading(other.value)}`}${where}`;
  const few = tooFew(comparison.pairs.length);
  if (few !== null) {
    if (comparison.pairs.length === 0) return `${subject}${against}: ${few}.`;
    return `${subject}${against}: ${points(comparison.mean)} points of validation accuracy as seen so far; ${few}.`;
  }
  const interval = comparison.interval as NonNullable<Comparison['interval']>;
  const range = `95 % interval ${pointsInterval(interval.low, interval.high)}`;
  switch (comparison.evidence) {
    case 'higher':
      return `${subject}${against} helps: ${points(comparison.mean)} points of validation accuracy (${range}).`;
    case 'lower':
      return `${subject}${against} hurts: ${points(comparison.mean)} points of validation accuracy (${range}).`;
    default:
      return `Whether ${label}${against} helps cannot be told from these ${comparison.pairs.length} seeds: ${points(comparison.mean)} points, ${range}.`;
  }
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
