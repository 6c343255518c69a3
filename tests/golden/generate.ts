// Makes a golden ledger: node tests/golden/generate.ts <folder>. A small ledger with everything that a history may hold, recorded by the program
// as it stands, and beside it what every later program must find in it. Never made again over one that is there: README.md says why.
import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { type Ledger, openLedger } from '../../app/ledger/index.ts';
import { verifyLedger } from '../../app/ledger/verify/index.ts';
import { applicationEvent, commit, type RecordingHost } from '../../app/runs/events.ts';
import { createRecordingHost } from '../../app/runs/host.ts';
import { recordRun } from '../../app/runs/record.ts';
import { readSweepFile } from '../../app/sweeps/file.ts';
import { planSweep } from '../../app/sweeps/plan.ts';
import { runSweep } from '../../app/sweeps/run.ts';
import { tinyDataSet, tinyRecipe, tinyWritten } from '../app/runs/tiny.ts';

/** Strict arithmetic, so that every machine comes to the same bits. */
const changes = { arithmetic: 'strict' };
/** Changes of the tiny recipe, by the name of the run. */
const runs: Record<string, Record<string, unknown>> = {
  completed: { ...changes, epochs: 3 },
  failed: { ...changes, seed: 2, optimizer: { type: 'sgd', lr: 1e30 } },
  stopped: { ...changes, seed: 3, epochs: 40 },
  interrupted: { ...changes, seed: 4, epochs: 40 },
};
const dataset = tinyDataSet();
const never = new AbortController().signal;

async function record(host: RecordingHost, name: string, signal = never, onEpoch: (epoch: number) => void = () => {}): Promise<string> {
  const request = { recipe: tinyRecipe(runs[name]), name, tags: ['golden'], sweep: null };
  const { runId } = await recordRun(host, request, dataset, {
    threads: 1,
    signal,
    onFact: (fact) => fact.type === 'EpochMeasured' && onEpoch(fact.data.epoch),
  });
  return runId;
}

/** A process that is gone after an epoch is on disk. */
async function interrupted(folder: string): Promise<void> {
  const ledger = await openLedger(folder, { write: true });
  const epochs = ledger.database.prepare(`SELECT epochs_done FROM v1_runs WHERE name = 'interrupted'`).pluck();
  ledger.onChange(() => {
    if (((epochs.get() as number | undefined) ?? 0) >= 1) process.kill(process.pid, 'SIGKILL');
  });
  await record(createRecordingHost(ledger, Date.now), 'interrupted');
}

async function fill(ledger: Ledger): Promise<void> {
  const host = createRecordingHost(ledger, Date.now);
  const completed = await record(host, 'completed');
  await record(host, 'failed');
  const stop = new AbortController();
  await record(host, 'stopped', stop.signal, (epoch) => epoch === 1 && stop.abort());

  const sweep = join(mkdtempSync(join(tmpdir(), 'runledger-golden-')), 'ablation.json');
  const network = tinyWritten.network;
  const ablate = { network: [network, network.filter((layer) => layer !== 'batchNorm2d')] };
  writeFileSync(sweep, JSON.stringify({ recipe: { ...tinyWritten, ...changes }, seeds: [5], ablate }));
  const plan = await planSweep(readSweepFile(sweep), async () => dataset);
  const observer = { onTrials() {}, onFact() {}, onProgress() {}, onHeldUp() {}, onEnd() {} };
  await runSweep(host, plan, { workers: 1, threads: 1, signal: never, observer });

  const event = (type: string, data: Parameters<typeof applicationEvent>[2]) => applicationEvent(host, type, data);
  await commit(host, `run/${completed}/notes`, 0, [
    event('RunTagged', { add: ['best', 'größer'], remove: ['golden'] }),
    event('RunNoted', { text: 'A note, with a "quote" and a line\nbreak.' }),
    event('RunNamed', { name: 'completed, renamed' }),
    event('RunArchived', { archived: true }),
    event('RunArchived', { archived: false }),
    event('NeverHeardOf', { whatever: [1, Number.NaN, '-0', null] }),
  ]);
  await commit(host, `run/${completed}/requests`, 0, [event('StopRequested', { by: 'user', why: 'too late' })]);
}

/** What an unbroken run of each recipe comes to. */
async function fingerprints(): Promise<Record<string, string | null>> {
  const folder = mkdtempSync(join(tmpdir(), 'runledger-golden-'));
  const ledger = await openLedger(folder, { write: true });
  const host = createRecordingHost(ledger, Date.now);
  const found: Record<string, string | null> = {};
  for (const name of Object.keys(runs)) {
    const runId = await record(host, name);
    found[name] = ledger.database.prepare('SELECT fingerprint FROM v1_runs WHERE run_id = ?').pluck().get(runId) as string | null;
  }
  await ledger.close();
  rmSync(folder, { recursive: true });
  return found;
}

async function generate(folder: string): Promise<void> {
  if (existsSync(folder)) throw new Error(`${folder} is there already; a golden ledger is never made anew`);
  mkdirSync(folder, { recursive: true });
  spawnSync(process.execPath, [import.meta.filename, '--interrupted', folder], { stdio: 'inherit' });
  const ledger = await openLedger(folder, { write: true });
  await ledger.sweepInterrupted();
  await fill(ledger);
  const all = ledger.database
    .prepare<[], { name: string; status: string }>(
      'SELECT run_id, name, status, epochs_done, fingerprint FROM v1_runs ORDER BY first_position',
    )
    .all();
  const otherwise = all.filter(({ name, status }) => name in runs && name !== status);
  if (otherwise.length > 0) throw new Error(`a run ended otherwise than it should: ${JSON.stringify(otherwise)}`);
  const events = ledger.database.prepare('SELECT count(*) FROM v1_events').pluck().get();
  const logVersion = ledger.database.pragma('user_version', { simple: true });
  await ledger.close();
  // A look at it leaves files of SQLite beside the database.
  const copy = join(mkdtempSync(join(tmpdir(), 'runledger-golden-')), 'ledger');
  cpSync(folder, copy, { recursive: true });
  const { ok, head } = await verifyLedger(copy);
  if (!ok) throw new Error('what was made does not verify');
  const expected = { logVersion, numerics: 1, head, events, runs: all, unbroken: await fingerprints(), recipes: runs };
  writeFileSync(join(folder, 'golden.json'), `${JSON.stringify(expected, null, 2)}\n`);
}

const [first, second] = process.argv.slice(2);
if (first === '--interrupted') await interrupted(second as string);
else await generate(resolve(first as string));
process.exit(0);
