// What `train` says when its checkpoints find no room, and that Ctrl-C ends the wait.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test, vi } from 'vitest';
import { trainCommand } from '../../../../app/cli/commands/train.ts';
import type { CliContext } from '../../../../app/cli/context.ts';
import { RunledgerError } from '../../../../trainer/index.ts';
import { tinyDataSet, tinyWritten } from '../../runs/tiny.ts';
import { runCommand } from './program.ts';

vi.mock('../../../../app/runs/host.ts', async (original) => {
  const { createRecordingHost } = await original<typeof import('../../../../app/runs/host.ts')>();
  const put = (): Promise<string> => Promise.reject(new RunledgerError('ledger.full', 'the disk is full', { help: 'make room' }));
  const full: typeof createRecordingHost = (ledger, clock) => createRecordingHost({ ...ledger, blobs: { ...ledger.blobs, put } }, clock);
  return { createRecordingHost: full };
});

test('a full disk is said while the run waits; Ctrl-C ends it with the error', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'runledger-full-'));
  const recipe = join(folder, 'tiny.json');
  writeFileSync(recipe, JSON.stringify(tinyWritten));
  const train = (context: CliContext) => trainCommand(context, async () => tinyDataSet());
  const { err, exitCode } = await runCommand(train, join(folder, 'ledger'), [recipe], (host) => {
    host.stderr.on('data', (text: string) => text.includes('waits for room') && host.signals.emit('SIGINT'));
  });
  expect(err.match(/^! the disk is full: the run waits for room$/gm)).toHaveLength(1);
  expect(err).toMatch(/^error ledger\.full {2}the disk is full\nhelp {2}make room$/m);
  expect(exitCode).toBe(1);
  rmSync(folder, { recursive: true });
});
