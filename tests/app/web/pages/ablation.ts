// An ablation of batch normalization as a sweep would have left it: declared, its trials proposed, each run simulated.
import { randomUUIDv7 } from 'node:crypto';
import type { Json } from '../../../../app/ledger/ports.ts';
import { applicationEvent } from '../../../../app/runs/events.ts';
import type { OpenPages } from '../open.ts';
import type { SimulatedPlan, SimulatedRun } from '../simulation.ts';

const path = 'network.simpleCnn.batchNorm';

export interface SimulatedAblation {
  id: string;
  /** In order of seed, with batch normalization first. */
  runs: SimulatedRun[];
}

/** One trial: what it is set to, and the run that a sweep made of it. */
interface SimulatedTrial {
  assignment: { [path: string]: Json };
  plan: SimulatedPlan;
}

/** `leaveOpen` names the last trials that stay under way after one epoch. */
export function simulateAblation(
  pages: OpenPages,
  { n, seeds, leaveOpen = 0 }: { n: number; seeds: number[]; leaveOpen?: number },
): Promise<SimulatedAblation> {
  const trials = seeds.flatMap((seed) =>
    [true, false].map((batchNorm) => {
      const name = `ablation ${n} ${batchNorm ? 'on' : 'off'} · seed ${seed}`;
      return { assignment: { [path]: batchNorm }, plan: { seed, batchNorm, epochs: 3, lr: 0.001 * n, name } };
    }),
  );
  return declare(pages, n, `batch normalization, ${seeds.length} seeds`, [{ path, values: [true, false] }], { seeds, trials, leaveOpen });
}

/** Batch normalization under several batch sizes, the rate growing with the batch, 0.01 at 4. */
export function simulateBatchSizes(
  pages: OpenPages,
  { n, seeds, batches }: { n: number; seeds: number[]; batches: number[] },
): Promise<SimulatedAblation> {
  const trials = seeds.flatMap((seed) =>
    [true, false].flatMap((batchNorm) =>
      batches.map((batch) => ({
        assignment: { [path]: batchNorm, batch },
        plan: { seed, batchNorm, batch, epochs: 2, lr: (0.01 * batch) / 4, name: `batch ${batch} · seed ${seed}` },
      })),
    ),
  );
  const factors = [
    { path, values: [true, false] },
    { path: 'batch', values: batches, scales: ['optimizer.lr'] },
  ];
  return declare(pages, n, 'batch sizes', factors, { seeds, trials, leaveOpen: 0 });
}

async function declare(
  pages: OpenPages,
  n: number,
  name: string,
  factors: Json,
  { seeds, trials, leaveOpen }: { seeds: number[]; trials: SimulatedTrial[]; leaveOpen: number },
): Promise<SimulatedAblation> {
  const [id, sweep] = [`0000000${n}-aaaa-4000-8000-000000000000`, `0000000${n}-bbbb-4000-8000-000000000000`];
  const append = async (stream: string, type: string, data: Json) => {
    const { version } = await pages.ledger.log.head(stream);
    const event = applicationEvent({ clock: pages.clock, newEventId: randomUUIDv7 }, type, data);
    await pages.ledger.log.append(stream, version, [event], { flush: true });
  };
  const declared = { name, factors, seeds, metric: 'validationAccuracy' };
  await append(`sweep/${sweep}`, 'SweepDeclared', { ...declared, kind: 'ablation', recipe: { dataset: 'mnist' } });
  await append(`ablation/${id}`, 'AblationDeclared', { ...declared, sweep });
  // Side by side, so that their commits are shared; proposed afterwards, in order.
  const runs = await Promise.all(
    trials.map(async ({ plan }, index) => {
      if (index < trials.length - leaveOpen) return pages.finish(plan);
      const run = await pages.queue(plan);
      await run.start();
      await run.epoch();
      return run;
    }),
  );
  for (const [index, { assignment, plan }] of trials.entries()) {
    await append(`sweep/${sweep}`, 'TrialProposed', {
      trial: index + 1,
      run: runs[index]!.id,
      assignment,
      seed: plan.seed!,
      reused: false,
    });
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
