// An ablation of batch normalization as a sweep would have left it: declared, its trials proposed, each run simulated.
import { randomUUIDv7 } from 'node:crypto';
import type { Json } from '../../../../app/ledger/ports.ts';
import { applicationEvent } from '../../../../app/runs/events.ts';
import type { OpenPages } from '../open.ts';
import type { SimulatedRun } from '../simulation.ts';

const path = 'network.simpleCnn.batchNorm';

export interface SimulatedAblation {
  id: string;
  /** In order of seed, with batch normalization first. */
  runs: SimulatedRun[];
}

/** `leaveOpen` names the last trials that stay under way after one epoch. */
export async function simulateAblation(
  pages: OpenPages,
  options: { n: number; seeds: number[]; leaveOpen?: number },
): Promise<SimulatedAblation> {
  const [id, sweep] = [`0000000${options.n}-aaaa-4000-8000-000000000000`, `0000000${options.n}-bbbb-4000-8000-000000000000`];
  const append = async (stream: string, type: string, data: Json) => {
    const { version } = await pages.ledger.log.head(stream);
    const event = applicationEvent({ clock: pages.clock, newEventId: randomUUIDv7 }, type, data);
    await pages.ledger.log.append(stream, version, [event], { flush: true });
  };
  const declared = {
    name: `batch normalization, ${options.seeds.length} seeds`,
    factors: [{ path, values: [true, false] }],
    seeds: options.seeds,
    metric: 'validationAccuracy',
  };
  await append(`sweep/${sweep}`, 'SweepDeclared', { ...declared, kind: 'ablation', recipe: { dataset: 'mnist' } });
  await append(`ablation/${id}`, 'AblationDeclared', { ...declared, sweep });

  const trials = options.seeds.flatMap((seed) => [true, false].map((batchNorm) => ({ seed, batchNorm })));
  // Side by side, so that their commits are shared; proposed afterwards, in order.
  const runs = await Promise.all(
    trials.map(async ({ seed, batchNorm }, index) => {
      const name = `ablation ${options.n} ${batchNorm ? 'on' : 'off'} · seed ${seed}`;
      const plan = { seed, batchNorm, epochs: 3, lr: 0.001 * options.n, name };
      if (index < trials.length - (options.leaveOpen ?? 0)) return pages.finish(plan);
      const run = await pages.queue(plan);
      await run.start();
      await run.epoch();
      return run;
    }),
  );
  for (const [index, { seed, batchNorm }] of trials.entries()) {
    const run = runs[index]!.id;
    await append(`sweep/${sweep}`, 'TrialProposed', { trial: index + 1, run, assignment: { [path]: batchNorm }, seed, reused: false });
  }
  return { id, runs };
}

/** The words of a page without its markup. */
export function wordsOf(markup: string): string {
  return markup
    .replaceAll(/<[^>]+>/g, ' ')
    .replaceAll('&nbsp;', ' ')
    .replaceAll(/\s+/g, ' ')
    .trim();
}
