// The parts that a norm by channel brings to the unit of its channels (channels.ts, smooth.ts): what comes before the pass forward, between
// the passes backward, and after them.
import { type ChannelNorm, isBatchNorm } from '../../layers/norms.ts';
import type { ResolvedLayer } from '../../network.ts';
import type { Values } from '../work.ts';
import { batchNormParts, type NormParts } from './batchNorm.ts';
import { groupNormParts } from './groupNorm.ts';
import type { Site } from './unit.ts';

/** A norm with its parameters: gamma and beta, or none. */
export interface NormLayer {
  layer: ChannelNorm;
  resolved: ResolvedLayer;
}

export function normParts(site: Site, { layer, resolved }: NormLayer, input: Values): NormParts {
  return isBatchNorm(layer) ? batchNormParts(site, layer, resolved, input) : groupNormParts(site, layer, resolved, input);
}
