// How large the gradient of each layer is, level by level: batch normalization eases gradients that vanish on their way to the first layers,
// and here it can be seen.
import { logTicks, type Ticks } from '../../charts/ticks.ts';
import type { GradientQueries } from '../queries/gradients.ts';
import type { ReportLevel } from './ablation.ts';

export interface GradientFlow {
  levels: Pick<ReportLevel, 'heading' | 'category'>[];
  /** In the order of the network. */
  layers: { layer: string; norms: (number | null)[] }[];
  /** Of a log axis over all norms. */
  scale: Ticks;
  /** Layers that every level has: norm of the first, divided by that of the last, a level. */
  reach: { first: string; last: string; shares: (number | null)[] } | null;
}

/** Mean over completed runs of a level; null where nothing is measured. */
export function readGradientFlow(gradients: GradientQueries, levels: readonly ReportLevel[]): GradientFlow | null {
  const measured = levels.filter(({ runs }) => runs.some(({ status }) => status === 'completed'));
  const byLevel = measured.map(({ runs }) =>
    meanOf(runs.filter(({ status }) => status === 'completed').map(({ id }) => gradients.byLayer(id))),
  );
  const longest = [...byLevel].sort((a, b) => b.size - a.size)[0];
  if (longest === undefined || measured.length < 2) return null;
  const names = [...new Set([...longest.keys(), ...byLevel.flatMap((level) => [...level.keys()])])];
  const layers = names.map((layer) => ({ layer, norms: byLevel.map((level) => level.get(layer) ?? null) }));
  const drawn = layers.flatMap(({ norms }) => norms).filter((norm) => norm !== null && Number.isFinite(norm) && norm > 0) as number[];
  if (drawn.length === 0) return null;
  const shared = layers.filter(({ norms }) => norms.every((norm) => norm !== null));
  const [first, last] = [shared[0], shared.at(-1)];
  return {
    levels: measured,
    layers,
    scale: logTicks(Math.min(...drawn), Math.max(...drawn)),
    reach:
      first === undefined || last === undefined || first === last
        ? null
        : { first: first.layer, last: last.layer, shares: first.norms.map((norm, i) => norm! / last.norms[i]!) },
  };
}

/** By layer; null where one run's is no number. */
function meanOf(runs: ReturnType<GradientQueries['byLayer']>[]): Map<string, number | null> {
  const sums = new Map<string, { sum: number | null; runs: number }>();
  for (const { layer, norm } of runs.flat()) {
    const before = sums.get(layer) ?? { sum: 0, runs: 0 };
    sums.set(layer, { sum: before.sum === null || norm === null ? null : before.sum + norm, runs: before.runs + 1 });
  }
  return new Map([...sums].map(([layer, { sum, runs: counted }]) => [layer, sum === null ? null : sum / counted]));
}
