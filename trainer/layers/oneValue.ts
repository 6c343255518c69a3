// Batches that leave a batch norm one value a channel, of which there is no variance: refused before a run begins, as PyTorch refuses them in
// the middle of one.
import { RunledgerError } from '../errors.ts';
import type { Network } from '../network.ts';
import type { Recipe } from '../recipe.ts';
import { isBatchNorm, tracksStatistics } from './norms.ts';

/** Images that a pass goes through, in batches; `partial` where the last batch may be smaller. */
interface Part {
  name: string;
  count: number;
  partial: boolean;
}

const grouped = (n: number) => String(n).replace(/\B(?=(\d{3})+$)/g, ',');

/** Whether some batch of `batch` images holds one. */
function leavesOne({ count, partial }: Part, batch: number): boolean {
  return batch === 1 ? count > 0 : partial && count % batch === 1;
}

/** The smallest batch above `batch`, or else the largest below, that leaves no single image of any part. */
function otherBatch(parts: readonly Part[], batch: number): number | undefined {
  const above = Array.from({ length: 64 }, (_, i) => batch + 1 + i);
  const below = Array.from({ length: Math.max(0, batch - 2) }, (_, i) => batch - 1 - i);
  return [...above, ...below].find((candidate) => !parts.some((part) => leavesOne(part, candidate)));
}

/**
 * Throws `recipe.batch` where a batch norm over single pixels would see a batch of one image: in training, in the evaluation of the validation
 * part with the statistics of each batch, or, without running statistics, in any evaluation. `testCount` may be unknown.
 */
export function checkBatchNorms(network: Network, { batch, dropLast, split }: Recipe, testCount: number | undefined): void {
  const norms = network.layers.filter(({ layer, input }) => isBatchNorm(layer) && input[1] * input[2] === 1);
  const [first] = norms;
  if (first === undefined) return;
  const parts: Part[] = [
    { name: 'training', count: split.train, partial: !dropLast },
    { name: 'validation', count: split.validation, partial: true },
  ];
  const untracked = norms.some(({ layer }) => isBatchNorm(layer) && !tracksStatistics(layer));
  if (untracked && testCount !== undefined) parts.push({ name: 'test', count: testCount, partial: true });
  const part = parts.find((candidate) => leavesOne(candidate, batch));
  if (part === undefined) return;
  const other = otherBatch(parts, batch);
  const remedies = [
    ...(part.name === 'training' && batch > 1 ? ['set dropLast: true'] : []),
    ...(part.name === 'validation' ? ['change split.validation by one'] : []),
    ...(other === undefined ? ['choose another batch'] : [`choose another batch, ${other} for example`]),
  ];
  const which = batch === 1 ? `every batch of the ${part.name} images` : `the last batch of the ${grouped(part.count)} ${part.name} images`;
  throw new RunledgerError(
    'recipe.batch',
    `batch is ${batch}, and ${which} holds one: ${first.name} would see one value a channel, and a variance needs two`,
    { place: 'batch', help: remedies.join(', or ') },
  );
}
