// The commands that go on with a run, or train it again: resume, replay, fork, and what `train` offers.
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { forkCommand } from '../../../../app/cli/commands/fork.ts';
import { replayCommand } from '../../../../app/cli/commands/replay.ts';
import { resumeCommand } from '../../../../app/cli/commands/resume.ts';
import { trainCommand } from '../../../../app/cli/commands/train.ts';
import type { CliContext } from '../../../../app/cli/context.ts';
import { openLedger } from '../../../../app/ledger/index.ts';
import { createRecordingHost } from '../../../../app/runs/host.ts';
import { recordRun } from '../../../../app/runs/record.ts';
import { tinyDataSet, tinyRecipe, tinyWritten } from '../../runs/tiny.ts';
import { type Ran, runCommand } from './program.ts';

const load = async () => tinyDataSet();
const changes = { epochs: 20, record: { stepsPerEpoch: 'every' } };

let folder: string;
let recipe: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'runledger-again-'));
  recipe = join(folder, 'tiny.json');
  writeFileSync(recipe, JSON.stringify({ ...tinyWritten, ...changes }));
});
afterEach(() => rmSync(folder, { recursive: true }));

const ledger = (): string => join(folder, 'ledger');
const run = (create: (context: CliContext, loader: typeof load) => ReturnType<typeof trainCommand>, ...argv: string[]): Promise<Ran> =>
  runCommand((context) => create(context, load), ledger(), argv);

/** A run of the recipe that was stopped on its way. */
async function stopped(): Promise<void> {
  const opened = await openLedger(ledger(), { write: true });
  const stop = new AbortController();
  let heard = 0;
  const onFact = () => {
    heard += 1;
    if (heard === 30) stop.abort();
  };
  const request = { recipe: tinyRecipe(changes), name: 'standing', tags: [], sweep: null };
  await recordRun(createRecordingHost(opened, Date.now), request, tinyDataSet(), { threads: 1, signal: stop.signal, onFact });
  await opened.close();
}

const fingerprint = ({ out }: Ran): string | undefined => out.match(/fingerprint +((?:[0-9a-f]{4} ?){4})/)?.[1]?.trim();

describe('resume', () => {
  test('goes on with a stopped run and ends in the fingerprint of an unbroken one; a second time there is nothing to do', async () => {
    await stopped();
    const resumed = await run(resumeCommand, 'standing', '--threads', '1');
    expect(resumed.exitCode).toBe(0);
    expect(resumed.err).toMatch(/^run\/[0-9a-f]{8} goes on from step [\d,]+ of epoch \d+, attempt 2$/m);
    const unbroken = await run(trainCommand, recipe, '--new', '--threads', '1');
    expect(fingerprint(resumed)).toBe(fingerprint(unbroken));
    const again = await run(resumeCommand, 'standing');
    expect(again).toMatchObject({ exitCode: 1 });
    expect(again.err).toContain('run.completed');
  });

  test('makes no ledger where there is none', async () => {
    expect((await run(resumeCommand, 'standing')).err).toContain('ledger.missing');
    expect(existsSync(ledger())).toBe(false);
  });

  test('of a run nobody knows is refused', async () => {
    await stopped();
    expect((await run(resumeCommand, 'other')).err).toContain('run.unknown');
  });
});

describe('train, where a run of the same recipe and seed stands still', () => {
  test('in a pipe says how to go on and begins a new one; with --resume it goes on; with --new it says nothing', async () => {
    await stopped();
    const piped = await run(trainCommand, recipe, '--threads', '1');
    expect(piped.err).toMatch(/^■ stopped {2}standing {2}run\/[0-9a-f]{8} {2}same recipe and seed, epoch \d+ of 20$/m);
    expect(piped.err).toMatch(/^ {2}A new run begins; to go on with that one: {2}runledger resume run\/[0-9a-f]{8}$/m);
    const fresh = await run(trainCommand, recipe, '--new', '--threads', '1');
    expect(fresh.err).not.toContain('standing');
    const resumed = await run(trainCommand, recipe, '--resume', '--threads', '1');
    expect(resumed.err).toContain('goes on from step');
    expect(resumed.out).toMatch(/^standing {2}run\//m);
    expect(new Set([piped, fresh, resumed].map(fingerprint)).size).toBe(1);
  });
});

describe('replay and fork', () => {
  test('a run is identical; a fork of it begins where it is told, and is identical too', async () => {
    await run(trainCommand, recipe, '--name', 'parent', '--threads', '1');
    const replayed = await run(replayCommand, 'parent', '--threads', '1');
    expect(replayed.exitCode).toBe(0);
    expect(replayed.out).toMatch(/^✓ identical {2}(\d+) of \1 facts, 20 weight hashes, epochs 1 to 20 · /m);
    const forked = await run(forkCommand, 'parent', '--epoch', '3', '--set', 'optimizer.lr=0.01', '--set', 'epochs=5', '--threads', '1');
    expect(forked.exitCode).toBe(0);
    expect(forked.out).toMatch(/^parent at 3, lr 0\.01, epochs 5 {2}run\//m);
    const again = await run(replayCommand, 'parent at 3, lr 0.01, epochs 5', '--threads', '1');
    expect(again.out).toMatch(/^✓ identical .* epochs 4 to 5 · /m);
  });

  test('what cannot be forked is said, and nothing is recorded', async () => {
    await run(trainCommand, recipe, '--name', 'parent', '--threads', '1');
    const refused = await run(forkCommand, 'parent', '--epoch', '21');
    expect(refused).toMatchObject({ exitCode: 1 });
    expect(refused.err).toContain('it has epochs 1 to 20');
  });
});
