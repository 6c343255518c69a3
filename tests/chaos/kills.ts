// SIGKILL. A real process is killed while it trains, commits, stores a checkpoint, folds, migrates or runs a sweep. Then: every event that it
// was told is on disk is there, the ledger is whole, and its runs, taken up again, end as if nothing had happened.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import Database from 'better-sqlite3';
import { type Ledger, openLedger } from '../../app/ledger/index.ts';
import { verifyLedger } from '../../app/ledger/verify/index.ts';
import { createRecordingHost } from '../../app/runs/host.ts';
import { survivingLine } from '../../app/runs/line.ts';
import { recordRun } from '../../app/runs/record.ts';
import { createRunWorkers } from '../../app/runs/workers.ts';
import { fingerprintOf, parseRecipe } from '../../trainer/index.ts';
import { tinyDataSet } from '../app/runs/tiny.ts';
import { chance } from './chance.ts';
import { environment } from './environment.ts';
import { inFolder, lastingFolder } from './folder.ts';
import { beginning, type KillPlan, places, planKill, type Task, variable } from './kills/plan.ts';
import { recordStopped, request, resumeAll, sweepWritten, unbrokenFingerprint } from './kills/unbroken.ts';
import { hold, type Kind, type Outcome } from './kind.ts';

const never = new AbortController().signal;
/** Code that is optimised stays so from case to case. */
const workers = createRunWorkers();
const script = (name: string) => join(import.meta.dirname, 'kills', name);

/** Runs the victim until it is killed, or until its end where its plan names something that it never comes to. Its acknowledged events, by id. */
async function killOne(folder: string, task: Task, plan: KillPlan): Promise<string[]> {
  const sweepFile = `${folder}-sweep.json`;
  writeFileSync(sweepFile, JSON.stringify(sweepWritten));
  const args = ['--import', script('hooks.ts'), script('victim.ts'), folder, task, sweepFile];
  const env = { ...environment, [variable]: JSON.stringify(plan) };
  const victim = spawn(process.execPath, args, { env, stdio: ['ignore', 'pipe', 'pipe'] });
  const ended = once(victim, 'exit');
  let complaint = '';
  victim.stderr.on('data', (text) => {
    complaint += text;
  });
  const acknowledged: string[] = [];
  for await (const line of createInterface({ input: victim.stdout })) {
    if (line !== beginning) acknowledged.push(line);
    // In training and in a sweep the events themselves are counted.
    const due = countsEvents(plan) ? acknowledged.length >= plan.at : line === beginning;
    if (due) victim.kill('SIGKILL');
  }
  const [code, signal] = await ended;
  hold(signal === 'SIGKILL' || code === 0, `the victim ended by itself with code ${code}: ${complaint}`);
  return acknowledged;
}

const countsEvents = ({ place }: KillPlan): boolean => place === 'training' || place === 'sweep';

function killCase(seed: number): Promise<Outcome> {
  const dice = chance(seed);
  const place = places[seed % places.length] as KillPlan['place'];
  const plan = planKill(dice, place);
  return inFolder(async (parent) => {
    const folder = join(parent, 'ledger');
    const before = place === 'migration' && dice.oneIn(2) ? await copyOutdated(folder) : [];
    const task = place === 'migration' ? 'open' : place === 'sweep' ? 'sweep' : 'train';
    const acknowledged = [...before, ...(await killOne(folder, task, plan))];
    // Who takes it up is killed too.
    if (dice.oneIn(3)) acknowledged.push(...(await killOne(folder, 'resume', planKill(dice, dice.from(inTraining)))));
    return recover(folder, acknowledged);
  });
}

const inTraining = ['training', 'commit', 'blob', 'projection'] as const;

let outdated: Promise<{ folder: string; ids: string[] }> | undefined;

/** A stopped run under read models of another version, so that opening it folds everything anew. Its events, by id. */
async function copyOutdated(folder: string): Promise<string[]> {
  outdated ??= makeOutdated();
  const made = await outdated;
  cpSync(made.folder, folder, { recursive: true });
  return made.ids;
}

async function makeOutdated(): Promise<{ folder: string; ids: string[] }> {
  const folder = lastingFolder();
  await recordStopped(folder);
  const database = new Database(join(folder, 'ledger.db'));
  database.exec("UPDATE read_models SET fingerprint = 'older'");
  const ids = database.prepare<[], string>('SELECT id FROM events').pluck().all();
  database.close();
  return { folder, ids };
}

/** What whoever comes next finds, and does. */
async function recover(folder: string, acknowledged: readonly string[]): Promise<Outcome> {
  const ledger = await openLedger(folder, { write: true });
  const host = createRecordingHost(ledger, Date.now, workers);
  try {
    const lostEvents = await countLost(ledger, acknowledged);
    await holdWhole(folder, 'after the kill');
    await resumeAll(host, tinyDataSet());
    // Where the kill came before anything else.
    if (ledger.database.prepare('SELECT 1 FROM v1_runs').get() === undefined)
      await recordRun(host, request(1), tinyDataSet(), { threads: 1, signal: never });
    await holdWhole(folder, 'once all has been taken up');
    return { lostEvents, identicalWeights: await areIdentical(ledger) };
  } finally {
    await ledger.close();
  }
}

async function holdWhole(folder: string, when: string): Promise<void> {
  const { ok, checks, faults } = await verifyLedger(folder);
  hold(ok, () => `the ledger is not whole ${when}: ${checks.map(({ name, verdict }) => `${name} ${verdict}`)}; ${faults}`);
}

async function countLost({ log }: Ledger, acknowledged: readonly string[]): Promise<number> {
  const { events } = await log.readAll({ limit: Number.MAX_SAFE_INTEGER });
  const found = new Set(events.map(({ id }) => id));
  return acknowledged.filter((id) => !found.has(id)).length;
}

/** Whether every run ends in the fingerprint of its recipe, trained in one go, and its surviving events say the same. */
async function areIdentical({ database, log }: Ledger): Promise<boolean> {
  const rows = database
    .prepare<[], { runId: string; recipe: string; fingerprint: string }>('SELECT run_id AS runId, recipe, fingerprint FROM v1_runs')
    .all();
  for (const { runId, recipe, fingerprint } of rows) {
    const expected = await unbrokenFingerprint(parseRecipe(JSON.parse(recipe)));
    if (fingerprint !== expected || fingerprintOf(survivingLine(await log.read(`run/${runId}`))) !== expected) return false;
  }
  return true;
}

export const kills: Kind = {
  name: 'kills',
  what: 'SIGKILL in training, in a commit, between blob and event, in a projection, in a migration, in a sweep',
  counts: { test: 20, chaos: 500 },
  run: killCase,
};
