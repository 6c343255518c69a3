// `show` and `runs` as of an event: what they printed then, and what is no moment of a run.
import { expect, test } from 'vitest';
import { runsCommand } from '../../../../app/cli/commands/runs.ts';
import { showCommand } from '../../../../app/cli/commands/show.ts';
import { eventSource, streamOf, uuidOf } from '../../../contracts/events.ts';
import { temporaryFolder, temporaryLedger } from '../../ledger/folders.ts';
import { asEvents, record, syntheticFacts, syntheticRecipe } from '../../ledger/synthetic.ts';
import { runCommand } from './program.ts';

const plan = { epochs: 3, train: 640 };

async function recorded() {
  const folder = temporaryFolder();
  const ledger = await temporaryLedger({ folder });
  const event = eventSource();
  for (const n of [1, 2]) {
    const recipe = syntheticRecipe({ ...plan, seed: n }) as never;
    const queued = event('RunQueued', { data: { recipe, name: `run-${n}`, tags: [], sweep: null } });
    await record(ledger.log, streamOf('run', n), 0, [queued, ...asEvents(syntheticFacts({ ...plan, seed: n }), event)]);
  }
  await record(ledger.log, `${streamOf('run', 1)}/notes`, 0, [event('RunNamed', { data: { name: 'renamed' } })]);
  const { events } = await ledger.log.readAll();
  const epochs = events.filter(({ type }) => type === 'EpochMeasured');
  await ledger.close();
  return { folder, events, second: epochs[1]!.position, began: events.find(({ stream }) => stream === streamOf('run', 2))!.position };
}

test('show tells what was known then: status, figures, name, and the page of the same event', async () => {
  const { folder, events, second } = await recorded();
  const { out, exitCode } = await runCommand(showCommand, folder, ['run-1', '--at', String(second)]);
  expect(exitCode).toBe(0);
  const lines = out.split('\n');
  expect(lines[0]).toMatch(new RegExp(`^as of event ${second}, 14 Mar 2026, [\\d:]+$`));
  expect(lines[1]).toMatch(/^run-1 .*running/);
  expect(out).not.toContain('fingerprint');
  expect(out).toMatch(new RegExp(`page .*\\?at=${second}$`, 'm'));
  const { out: json } = await runCommand(showCommand, folder, ['renamed', '--at', String(second), '--format', 'json']);
  expect(JSON.parse(json)).toMatchObject({ runId: uuidOf(1), name: 'run-1', at: second, epochsDone: 2, status: 'running', base: null });

  const now = await runCommand(showCommand, folder, ['renamed']);
  expect(now.out).not.toContain('as of event');
  for (const at of [events.length, events.length + 1])
    expect((await runCommand(showCommand, folder, ['renamed', '--at', String(at)])).out).toBe(now.out);
});

test('runs lists those there were, with their ages then', async () => {
  const { folder, second, began } = await recorded();
  const { out } = await runCommand(runsCommand, folder, ['--at', String(second)]);
  expect(out).toMatch(new RegExp(`^as of event ${second}, `));
  expect(out).toMatch(/run-1.*running.*2\/3/);
  expect(out).not.toContain('run-2');
  const csv = (await runCommand(runsCommand, folder, ['--at', String(began), '--format', 'csv'])).out;
  expect(csv).toMatch(/run-2/);
  expect(csv).not.toMatch(/as of|renamed/);
  expect((await runCommand(runsCommand, folder, ['--group', 'none'])).out).toContain('renamed');
});

test('a run that had not begun says when it did', async () => {
  const { folder, began } = await recorded();
  const { err, exitCode } = await runCommand(showCommand, folder, ['run-2', '--at', String(began - 1)]);
  expect(exitCode).toBe(1);
  expect(err).toContain(`run-2 had not begun at event ${began - 1}`);
  expect(err).toContain(`its first event is number ${began}; as of that one:  --at ${began}`);
});

test.each(['0', '-1', 'soon', '1.5'])('--at %s is a mistake of usage', async (at) => {
  const { folder } = await recorded();
  const { err, exitCode } = await runCommand(showCommand, folder, ['run-1', '--at', at]);
  expect([exitCode, err.includes('a whole number from 1 on')]).toEqual([2, true]);
});
