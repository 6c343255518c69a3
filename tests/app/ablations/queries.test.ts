// Which runs of a ledger are compared with which: declared with two factors at once, and found.
import { beforeEach, expect, test } from 'vitest';
import { readDeclared, readFound } from '../../../app/ablations/queries.ts';
import type { Ledger } from '../../../app/ledger/index.ts';
import type { Json } from '../../../app/ledger/ports.ts';
import { eventSource, streamOf, uuidOf } from '../../contracts/events.ts';
import { temporaryLedger } from '../ledger/folders.ts';
import { asEvents, record, syntheticFacts } from '../ledger/synthetic.ts';

const factors: { path: string; values: Json[] }[] = [
  { path: 'network.simpleCnn.batchNorm', values: [true, false] },
  { path: 'optimizer.lr', values: [0.001, 0.01] },
];
const settings = [true, false].flatMap((batchNorm) => [0.001, 0.01].map((lr) => ({ batchNorm, lr })));

let ledger: Ledger;
let event: ReturnType<typeof eventSource>;

beforeEach(async () => {
  ledger = await temporaryLedger();
  event = eventSource();
  const { log } = ledger;
  for (const [at, { batchNorm, lr }] of settings.entries()) {
    await record(log, streamOf('run', at + 1), 0, asEvents(syntheticFacts({ epochs: 1, train: 640, batchNorm, lr }), event));
  }
  const declared = { name: 'both', factors, seeds: [1], metric: 'validationAccuracy' };
  const trials = settings.map(({ batchNorm, lr }, at) => {
    const assignment = { 'network.simpleCnn.batchNorm': batchNorm, 'optimizer.lr': lr };
    return event('TrialProposed', { data: { trial: at + 1, run: uuidOf(at + 1), assignment, seed: 1, reused: false } });
  });
  await record(log, streamOf('sweep', 9), 0, [event('SweepDeclared', { data: { ...declared, kind: 'ablation', recipe: {} } }), ...trials]);
  await record(log, streamOf('ablation', 8), 0, [event('AblationDeclared', { data: { ...declared, sweep: uuidOf(9) } })]);
});

/** The runs a group compares, by level. */
const compared = (groups: ReturnType<typeof readFound>, path: string): string[][] =>
  groups
    .filter((group) => group.path === path)
    .map(({ levels }) => levels.flatMap(({ observations }) => observations.map(({ runId }) => runId)))
    .sort();

const [on1, on2, off1, off2] = [uuidOf(1), uuidOf(2), uuidOf(3), uuidOf(4)];

test('of two declared factors each is compared with the other held fixed', () => {
  const [ablation] = readDeclared(ledger.database);
  expect(ablation).toMatchObject({ name: 'both', completed: 4, trials: 4 });
  expect(compared(ablation!.groups, 'network.simpleCnn.batchNorm')).toEqual([
    [on1, off1],
    [on2, off2],
  ]);
  expect(compared(ablation!.groups, 'optimizer.lr')).toEqual([
    [on1, on2],
    [off1, off2],
  ]);
  expect(readDeclared(ledger.database, uuidOf(7))).toEqual([]);
});

test('groups are found without a declaration, and leave out what was put away', async () => {
  expect(compared(readFound(ledger.database), 'network.batchNorm2d')).toEqual([
    [on1, off1],
    [on2, off2],
  ]);
  await record(ledger.log, `${streamOf('run', 3)}/notes`, 0, [event('RunArchived', { data: { archived: true } })]);
  expect(compared(readFound(ledger.database), 'network.batchNorm2d')).toEqual([[on2, off2]]);
  const [without] = readDeclared(ledger.database);
  expect(without).toMatchObject({ completed: 3, trials: 3 });
  expect(compared(without!.groups, 'network.simpleCnn.batchNorm')).toContainEqual([on1]);
  const [asked] = readDeclared(ledger.database, undefined, { archived: true });
  expect(asked).toMatchObject({ completed: 4, trials: 4 });
});
