// Which blobs must be there, on made-up streams: the newest of each reason, what the recipe keeps, what forks name, less what was given up.
import { expect, test } from 'vitest';
import { allDue, dueOf, readHolding, readNeeds } from '../../../app/ledger/needed.ts';
import type { Json } from '../../../app/ledger/ports.ts';
import { eventSource, uuidOf } from '../../contracts/events.ts';
import { temporaryLedger } from './folders.ts';
import { syntheticRecipe } from './synthetic.ts';

/** A made-up SHA-256. */
const sha = (n: number): string => n.toString(16).padStart(64, '0');

async function simulated() {
  const ledger = await temporaryLedger();
  const event = eventSource();
  const append = async (stream: string, type: string, data: object, blob: string | null = null) => {
    const { version } = await ledger.log.head(stream);
    await ledger.log.append(stream, version, [event(type, { data: data as Json, blob })], { flush: true });
  };
  const run = (n: number) => {
    const id = uuidOf(n);
    return {
      id,
      queue: (checkpoints?: unknown) => {
        const recipe = syntheticRecipe({ epochs: 9 });
        const kept = checkpoints === undefined ? recipe : { ...recipe, record: { ...recipe.record, checkpoints } };
        return append(`run/${id}`, 'RunQueued', { recipe: kept, name: null, tags: [], sweep: null });
      },
      take: (reason: string, epoch: number, blob = epoch) =>
        append(`run/${id}`, 'CheckpointTaken', { epoch, step: epoch * 10, sha256: sha(blob), bytes: 5, reason }, sha(blob)),
      resume: (epoch: number | null) =>
        append(`run/${id}`, 'RunResumed', {
          attempt: 2,
          checkpoint: epoch === null ? null : sha(epoch),
          epoch: epoch ?? 0,
          step: (epoch ?? 0) * 10,
        }),
      fork: (parent: string, blob: number) =>
        append(
          `run/${id}`,
          'RunForked',
          {
            parent,
            parentConfiguration: sha(0),
            event: uuidOf(77),
            epoch: blob,
            step: 1,
            checkpoint: sha(blob),
            validation: { loss: 1, accuracy: 0.5 },
          },
          sha(blob),
        ),
      giveUp: (type: 'CheckpointsPruned' | 'RunPurged', ...blobs: number[]) =>
        append(`run/${id}/notes`, type, { kept: [], blobs: blobs.map((n) => ({ sha256: sha(n), bytes: 5 })), bytes: 5 }),
      due: () => [...dueOf(readHolding(ledger.database, id))].map((name) => Number.parseInt(name, 16)).sort(),
    };
  };
  return { ledger, run };
}

test('the newest of each reason; a resumed run falls back to what stands', async () => {
  const { run } = await simulated();
  const one = run(1);
  await one.queue();
  await one.take('last', 1);
  await one.take('best', 2);
  await one.take('last', 2);
  await one.take('last', 3);
  expect(one.due()).toEqual([2, 3]);
  await one.resume(2);
  expect(one.due()).toEqual([2]);
  await one.take('last', 3);
  expect(one.due()).toEqual([2, 3]);
  await one.resume(null);
  expect(one.due()).toEqual([]);
});

test('what the recipe keeps stands beside them; what was given up is not due, until it is taken again', async () => {
  const { run } = await simulated();
  const one = run(1);
  await one.queue([{ every: 2 }]);
  for (const epoch of [2, 4, 6]) await one.take('last', epoch);
  expect(one.due()).toEqual([2, 4, 6]);
  await one.giveUp('CheckpointsPruned', 2, 6);
  expect(one.due()).toEqual([4]);
  await one.resume(4);
  await one.take('last', 6);
  expect(one.due()).toEqual([4, 6]);
});

test('a fork needs where it began, whatever its parent gives up, and gives it up with itself', async () => {
  const { ledger, run } = await simulated();
  const [parent, child] = [run(1), run(2)];
  await parent.queue();
  await parent.take('last', 3);
  await child.queue();
  await child.fork(parent.id, 3);
  await parent.giveUp('RunPurged', 3);
  expect([parent.due(), child.due()]).toEqual([[], [3]]);
  expect(allDue(readNeeds(ledger.database))).toEqual(new Set([sha(3)]));
  await child.giveUp('RunPurged', 3);
  expect(allDue(readNeeds(ledger.database))).toEqual(new Set());
});

test('what came since is added to what was read before', async () => {
  const { ledger, run } = await simulated();
  const one = run(1);
  await one.queue();
  await one.take('last', 1);
  const needs = readNeeds(ledger.database);
  expect(allDue(needs)).toEqual(new Set([sha(1)]));
  await one.take('last', 2);
  expect(allDue(readNeeds(ledger.database, needs))).toEqual(new Set([sha(2)]));
  expect(needs.position).toBe(3);
});
