// Gradient norms from the sums of squares that an engine gives a parameter (docs/numerics.md, "Gradient norms").
import type { Network } from '../network.ts';

/** Norm over all parameters. */
export function gradientNorm(squares: Float64Array): number {
  let sum = 0;
  for (const square of squares) sum += square;
  return Math.sqrt(sum);
}

/** Norm a layer that has parameters, by name. */
export function layerGradientNorms({ parameters }: Network, squares: Float64Array): Record<string, number> {
  const sums: Record<string, number> = {};
  for (const [index, { layer }] of parameters.entries()) sums[layer] = (sums[layer] ?? 0) + squares[index]!;
  return Object.fromEntries(Object.entries(sums).map(([layer, sum]) => [layer, Math.sqrt(sum)]));
}

/**
 * The layer where gradients first left the finite numbers, seen from the loss back: the last one of the network whose gradient is not
 * finite. Null where all are finite, or where even the last layer's is not, since then the trouble came from before it.
 */
export function firstNonFiniteLayer({ parameters }: Network, squares: Float64Array): string | null {
  // Nearly always, and asked at every step.
  if (Number.isFinite(gradientNorm(squares))) return null;
  const last = parameters.findLastIndex((_, index) => !Number.isFinite(squares[index]!));
  const layer = parameters[last]?.layer;
  return layer === undefined || layer === parameters.at(-1)!.layer ? null : layer;
}
