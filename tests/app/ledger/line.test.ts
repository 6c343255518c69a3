// A run that was taken up again: the views show the facts that stand, whatever was lost and however often; history keeps it all.
import { expect, test } from 'vitest';
import { memoryLog } from '../../../app/ledger/memory/log.ts';
import { memoryReadModels } from '../../../app/ledger/memory/readModels.ts';
import type { NewEvent } from '../../../app/ledger/ports.ts';
import { survivingLine } from '../../../app/runs/line.ts';
import type { Fact } from '../../../trainer/index.ts';
import { eventSource, streamOf, uuidOf } from '../../contracts/events.ts';
import { asEvents, record, syntheticFacts, syntheticRecipe } from './synthetic.ts';

const run = streamOf('run', 1);
const plan = { epochs: 7, train: 1280 };
const facts = [...syntheticFacts(plan)];
/** What another seed says of the same epochs: a lost stretch that must leave no trace. */
const others = [...syntheticFacts({ ...plan, seed: 2 })];
const checkpoints = facts.flatMap((fact, index) =>
  fact.type === 'CheckpointTaken' && fact.data.reason === 'best' ? [{ fact, index }] : [],
);
const views = [
  'v1_epochs',
  'v1_steps',
  'v1_batch_norm',
  'v1_learning_rates',
  'v1_checkpoints',
  'v1_confusion',
  'v1_layers',
  'v1_layer_gradients',
];

async function viewsOf(events: (event: ReturnType<typeof eventSource>) => NewEvent[]) {
  const log = memoryLog();
  const event = eventSource();
  const queued = event('RunQueued', { data: { recipe: syntheticRecipe(plan) as never, name: 'first', tags: [], sweep: null } });
  await record(log, run, 0, [queued, ...events(event)]);
  const readModels = memoryReadModels(log);
  const rows: Record<string, unknown> = {};
  for (const view of views) rows[view] = (await readModels.rows(view)).map(({ position: _, ...row }) => row);
  return { log, rows, run: (await readModels.rows('v1_runs'))[0]!, attempts: await readModels.rows('v1_attempts') };
}

type Source = ReturnType<typeof eventSource>;
/** The stretch of another line that lies between two positions of this one. */
const lost = (event: Source, from: number, to: number) => asEvents(others.slice(from, to) as Fact[], event);
const interrupted = (event: Source) => event('RunInterrupted', { data: { why: 'lease', lastBeat: null } });
const resumed = (event: Source, attempt: number, at: { fact: Fact } | null) => {
  const { epoch, step, sha256 } = (at?.fact.data ?? { epoch: 0, step: 0, sha256: null }) as { epoch: number; step: number; sha256: string };
  return event('RunResumed', { data: { attempt, checkpoint: sha256, epoch, step }, attempt });
};

test('interrupted twice and once from the start, it shows what an unbroken run shows', async () => {
  const unbroken = await viewsOf((event) => asEvents(facts, event));
  expect(checkpoints.length).toBeGreaterThan(2);
  const [first, second] = [checkpoints[0]!, checkpoints.at(-1)!];
  const history = (event: Source): NewEvent[] => [
    ...lost(event, 0, 9),
    interrupted(event),
    resumed(event, 2, null),
    ...asEvents(facts.slice(0, first.index + 1), event).map((fact) => ({ ...fact, attempt: 2 })),
    ...lost(event, first.index + 1, first.index + 12),
    interrupted(event),
    resumed(event, 3, first),
    ...asEvents(facts.slice(first.index + 1, second.index + 1), event),
    interrupted(event),
    resumed(event, 4, second),
    ...asEvents(facts.slice(second.index + 1), event),
  ];
  const broken = await viewsOf(history);
  expect(broken.rows).toEqual(unbroken.rows);
  const asIs = ({ attempt, position, first_position, started_at, ended_at, seconds, ...rest }: Record<string, unknown>) => rest;
  expect(asIs(broken.run)).toEqual(asIs(unbroken.run));
  expect(broken.run.attempt).toBe(4);
  expect(broken.attempts.map(({ attempt, step }) => [attempt, step])).toEqual([
    [1, 0],
    [2, 0],
    [3, first.fact.data.step],
    [4, second.fact.data.step],
  ]);
  // The facts that stand, read from the events, are those of the unbroken run too.
  const line = survivingLine(await broken.log.read(run));
  const whole = survivingLine(await unbroken.log.read(run));
  expect(line.map(({ type, data, arrays }) => ({ type, data, arrays }))).toEqual(
    whole.map(({ type, data, arrays }) => ({ type, data, arrays })),
  );
});

test('right after it was resumed it stands where the checkpoint was, under the name it was given since', async () => {
  const at = checkpoints[1]!;
  const { run: row, rows } = await viewsOf((event) => [
    ...asEvents(facts.slice(0, at.index + 1), event),
    ...lost(event, at.index + 1, at.index + 9),
    interrupted(event),
    event('RunNamed', { data: { name: 'second' } }),
    resumed(event, 2, at),
  ]);
  const { epoch, step } = at.fact.data as { epoch: number; step: number };
  expect(row).toMatchObject({ run_id: uuidOf(1), name: 'second', attempt: 2, epochs_done: epoch, steps_done: step, ended_at: null });
  expect(rows.v1_epochs).toHaveLength(epoch);
});

test('a fork that begins anew is still a fork, of the same configuration', async () => {
  const forked = (event: Source) =>
    event('RunForked', {
      data: {
        parent: uuidOf(9),
        parentConfiguration: 'c'.repeat(64),
        event: uuidOf(99),
        epoch: 1,
        step: 20,
        checkpoint: 'd'.repeat(64),
        validation: { loss: 1, accuracy: 0.5 },
      },
    });
  const unbroken = await viewsOf((event) => [forked(event), ...asEvents(facts, event)]);
  const broken = await viewsOf((event) => [
    forked(event),
    ...lost(event, 0, 9),
    interrupted(event),
    resumed(event, 2, null),
    ...asEvents(facts, event),
  ]);
  expect(broken.run).toMatchObject({ parent_run_id: uuidOf(9), parent_epoch: 1 });
  expect(broken.run.config_id).toBe(unbroken.run.config_id);
});
