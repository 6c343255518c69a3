// Every golden ledger opens with today's program, verifies, is read and trained on: for ever. Always a copy, never the original.
import { createHash } from 'node:crypto';
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { upcast } from '../../app/ledger/catalogue/index.ts';
import { type Ledger, openLedger } from '../../app/ledger/index.ts';
import { verifyLedger } from '../../app/ledger/verify/index.ts';
import type { RecordingHost } from '../../app/runs/events.ts';
import { createRecordingHost } from '../../app/runs/host.ts';
import { replayRun } from '../../app/runs/replay.ts';
import { recordResumed, takeRun } from '../../app/runs/resume.ts';
import { NUMERICS } from '../../trainer/index.ts';
import { runValue, tinyDataSet } from '../app/runs/tiny.ts';

interface Golden {
  logVersion: number;
  numerics: number;
  /** Of the whole ledger. */
  head: string;
  events: number;
  runs: { run_id: string; name: string; status: string; epochs_done: number; fingerprint: string | null }[];
  /** Fingerprints that runs come to when nothing breaks them, by name. */
  unbroken: Record<string, string | null>;
}

const here = import.meta.dirname;
const names = readdirSync(here, { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .map(({ name }) => name);

/** Hashes of all files of a folder, by path. */
function hashesOf(folder: string): Record<string, string> {
  const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  const paths = files.map(({ parentPath, name }) => join(parentPath, name)).sort();
  return Object.fromEntries(
    paths.map((path) => [
      path,
      createHash('sha256')
        .update(readFileSync(path) as Uint8Array)
        .digest('hex'),
    ]),
  );
}

test('there is one for the schema of the first release', () => {
  expect(names).toContain('1-1');
});

describe.for(names)('%s', (name) => {
  const original = join(here, name);
  const golden = JSON.parse(readFileSync(join(original, 'golden.json'), 'utf8')) as Golden;
  const before = hashesOf(original);
  const options = { threads: 1, signal: new AbortController().signal };
  const [dataset, parent] = [tinyDataSet(), mkdtempSync(join(tmpdir(), 'runledger-golden-'))];
  const folder = join(parent, 'ledger');
  let rebuilt = 0;
  let ledger: Ledger;
  let host: RecordingHost;

  beforeAll(async () => {
    cpSync(original, folder, { recursive: true });
    ledger = await openLedger(folder, { write: true, onRebuild: (done) => (rebuilt = done) });
    host = createRecordingHost(ledger, Date.now);
  });
  afterAll(async () => {
    await ledger.close();
    rmSync(parent, { recursive: true });
    expect(hashesOf(original)).toEqual(before);
  });

  const runOf = (label: string) => golden.runs.find((run) => run.name.startsWith(label))!.run_id;

  test('opens, and its read models are made anew where they are another version’s', async () => {
    expect([0, golden.events]).toContain(rebuilt);
    expect(await ledger.readModels.checkpoint()).toBe(String(golden.events));
  });

  test('verifies, to the head it had', async () => {
    expect(await verifyLedger(folder)).toMatchObject({ ok: true, head: golden.head });
  });

  test('every published view answers, and runs are what they were', async () => {
    const views = ledger.database.prepare<[], string>(`SELECT name FROM sqlite_schema WHERE type = 'view'`).pluck().all();
    for (const view of views) expect(Array.isArray(await ledger.readModels.rows(view)), view).toBe(true);
    const columns = 'run_id, name, status, epochs_done, fingerprint';
    expect(ledger.database.prepare(`SELECT ${columns} FROM v1_runs ORDER BY first_position`).all()).toEqual(golden.runs);
    for (const view of ['v1_epochs', 'v1_steps', 'v1_batch_norm', 'v1_checkpoints', 'v1_layers', 'v1_trials', 'v1_ablations', 'v1_params'])
      expect((await ledger.readModels.rows(view)).length, view).toBeGreaterThan(0);
    expect(runValue(ledger, runOf('completed'), 'tags')).toBe('best,größer');
  });

  test('every event is understood but the one that nobody ever knew', async () => {
    const { events } = await ledger.log.readAll({ limit: 100_000 });
    expect(events).toHaveLength(golden.events);
    expect(events.filter((event) => upcast(event) === null).map(({ type }) => type)).toEqual(['NeverHeardOf']);
    expect(await ledger.readModels.rows('v1_unknown_events')).toMatchObject([{ type: 'NeverHeardOf', events: 1 }]);
  });

  describe.skipIf(golden.numerics !== NUMERICS)('its numerics are today’s', () => {
    test.for(['completed', 'failed'])('the %s run is trained again to the same bits', async (label) => {
      const verdict = await replayRun(host, runOf(label), dataset, options);
      expect(verdict).toMatchObject({ verdict: 'identical', fingerprint: golden.unbroken[label] });
    });

    test.for(['stopped', 'interrupted'])('the %s run goes on to the fingerprint of one that nothing broke', async (label) => {
      const taken = await takeRun(host, runOf(label));
      expect(taken.checkpoint).not.toBeNull();
      expect(taken.attempt).toBe(2);
      const { ending } = await recordResumed(host, taken, dataset, options);
      expect(ending).toMatchObject({ type: 'RunCompleted', data: { fingerprint: golden.unbroken[label] } });
    });
  });
});
