// `runledger verify-recipe` against published fingerprints of its own: identical, altered in each way, unknown, changed.
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { verifyRecipeCommand } from '../../../../app/cli/commands/verify-recipe.ts';
import { createFirstEpoch, type FirstEpoch } from '../../../../app/runs/published.ts';
import { type DataSet, fingerprintOf, train } from '../../../../trainer/index.ts';
import { tinyDataSet, tinyRecipe, tinyWritten } from '../../runs/tiny.ts';
import { type Ran, runCommand } from './program.ts';

let folder: string;
let truth: FirstEpoch;

const publish = (firstEpoch: FirstEpoch): void =>
  writeFileSync(
    join(folder, 'fingerprints.json'),
    JSON.stringify({ 'tiny.json': { seed: 3, untilEpoch: 2, fingerprint: 'f'.repeat(64), firstEpoch } }),
  );

function verify(argv: string[], dataset: () => Promise<DataSet> = async () => tinyDataSet()): Promise<Ran> {
  return runCommand((context) => verifyRecipeCommand(context, dataset, folder), join(folder, 'ledger'), argv);
}

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'runledger-verify-'));
  writeFileSync(join(folder, 'tiny.json'), JSON.stringify(tinyWritten));
  const recipe = tinyRecipe({ seed: 3 });
  const first = createFirstEpoch(recipe);
  const facts = [];
  for await (const fact of train(recipe, tinyDataSet(), { clock: () => 0, version: 'tests' })) {
    facts.push(fact);
    truth ??= first.take(fact) as FirstEpoch;
  }
  expect(truth.fingerprint).toBe(fingerprintOf(facts, { untilEpoch: 1 }));
});
afterAll(() => rmSync(folder, { recursive: true }));

test('identical: exit 0, and nothing is recorded', async () => {
  publish(truth);
  const { out, exitCode } = await verify([join(folder, 'tiny.json'), '--threads', '2']);
  expect(out).toMatch(/^✓ identical {2}the first epoch of tiny\.json, seed 3 · .+\n {2}fingerprint {2}([0-9a-f]{4} ?){4}\n$/);
  expect(exitCode).toBe(0);
  expect(existsSync(join(folder, 'ledger'))).toBe(false);
});

const other = 'c0ffee'.padEnd(64, '0');

describe('differs: exit 1, and says in what', () => {
  test.each([
    [{ fingerprint: other }, ['fingerprint'], 'doctor'],
    [{ fingerprint: other, weightsSha256: other }, ['weights', 'fingerprint'], 'doctor'],
    [{ fingerprint: other, weightsSha256: other, datasetFingerprint: other }, ['data set', 'weights', 'fingerprint'], 'data list'],
    [{ fingerprint: other, numerics: 7 }, ['numerics', 'fingerprint'], 'another version'],
  ])('%j', async (altered, named, help) => {
    publish({ ...truth, ...altered });
    const { out, exitCode } = await verify([join(folder, 'tiny.json')]);
    expect(exitCode).toBe(1);
    expect(out).toMatch(/^✗ differs {2}the first epoch of tiny\.json, seed 3\n {15}published +here\n/);
    expect([...out.matchAll(/^ {2}(\w+(?: set)?) {2,}\S/gm)].map(([, what]) => what)).toEqual(named);
    expect(out).toMatch(new RegExp(`^help {2}.*${help}`, 'm'));
  });
});

test('a recipe that was changed is told by its settings, before anything is trained', async () => {
  publish(truth);
  const changed = join(mkdtempSync(join(folder, 'mine-')), 'tiny.json');
  writeFileSync(changed, JSON.stringify({ ...tinyWritten, batch: 9 }));
  const { out, exitCode } = await verify([changed], () => Promise.reject(new Error('no data set is needed')));
  expect(out).toContain('tiny.json is not the recipe that tiny.json was published with\n  batch  8 → 9\n');
  expect(exitCode).toBe(1);
});

test('a recipe without an entry is refused with those that have one', async () => {
  publish(truth);
  const unknown = join(folder, 'unknown.json');
  writeFileSync(unknown, JSON.stringify(tinyWritten));
  const { err, exitCode } = await verify([unknown]);
  expect(err).toMatch(
    /^error recipe\.unpublished {2}.*unknown\.json has no published fingerprint\nhelp {2}runledger verify-recipe recipes\/tiny\.json\n$/,
  );
  expect(exitCode).toBe(1);
});

test('Ctrl-C ends it with exit 0 and no verdict', async () => {
  publish(truth);
  const interrupt = async () => {
    interrupted.emit('SIGINT');
    return tinyDataSet();
  };
  let interrupted = { emit: (_signal: string): unknown => expect.fail('not started') };
  const { out, err, exitCode } = await runCommand(
    (context) => verifyRecipeCommand(context, interrupt, folder),
    join(folder, 'ledger'),
    [join(folder, 'tiny.json')],
    (host) => {
      interrupted = host.signals;
    },
  );
  expect({ out, err, exitCode }).toEqual({ out: '', err: '■ stopped\n', exitCode: 0 });
});
