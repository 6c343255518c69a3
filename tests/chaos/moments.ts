// Pages as of a random event of a random history, against a ledger that ended there: equal `<main>`, equal views. One case a seed.
// The history has everything that looks back: resumed runs with lost stretches, forks, replays, names, tags, archives, a sweep with an ablation.
import { deepStrictEqual } from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { StoredEvent } from '../../app/ledger/ports.ts';
import { type Connection, openConnection, transact } from '../../app/ledger/sqlite/connection.ts';
import { prepareFold } from '../../app/ledger/sqlite/fold.ts';
import { loadSchema, migrateLog } from '../../app/ledger/sqlite/migrations.ts';
import { openPast } from '../../app/ledger/sqlite/past.ts';
import { createTables } from '../../app/ledger/sqlite/rebuild.ts';
import { prepareCopy } from '../../app/ledger/sqlite/scratch.ts';
import { createApp } from '../../app/web/app.ts';
import { generator } from '../app/ledger/synthetic.ts';
import type { Kind } from './kind.ts';
import { randomHistory, type Said } from './lives.ts';

/** Throws on a difference; the message names seed, event and page. A history may be looked at as of several events. */
export async function momentsCase(seed: number, moments = 1): Promise<void> {
  const random = generator(seed);
  const history = stored(randomHistory(random));
  const folder = mkdtempSync(join(tmpdir(), 'runledger-moments-'));
  const file = join(folder, 'ledger.db');
  const whole = fill(openConnection(file, { write: true }), history);
  const past = openPast(file);
  const now = pagesOf({ database: whole, past: () => past, folder, clock: () => Date.parse('2030-01-01') });
  try {
    for (let moment = 0; moment < moments; moment++) {
      const last = 1 + Math.floor(random() * (history.length - 1));
      const cut = fill(openConnection('', { write: true }), history.slice(0, last));
      try {
        past.moveTo(last);
        compareViews(past.database, cut);
        await comparePages({ now, cut, past, last, random, folder });
      } catch (cause) {
        throw new Error(`seed ${seed}, as of event ${last} of ${history.length}: ${(cause as Error).message}`, { cause });
      } finally {
        cut.close();
      }
    }
  } finally {
    now.close();
    for (const database of [past, whole]) database.close();
    rmSync(folder, { recursive: true });
  }
}

/** Versions, positions and something in place of the chain of hashes, which is not what this is about. */
function stored(said: readonly Said[]): StoredEvent[] {
  const versions = new Map<string, number>();
  return said.map(({ stream, event }, index) => {
    const version = (versions.get(stream) ?? 0) + 1;
    versions.set(stream, version);
    return { ...event, stream, version, position: index + 1, hash: createHash('sha256').update(event.id).digest('hex') };
  });
}

/** A ledger of these events, in which whoever is under way is alive. */
function fill(database: Connection, events: readonly StoredEvent[]): Connection {
  database.pragma('synchronous = OFF');
  transact(database, () => {
    migrateLog(database);
    createTables(database, '');
    for (const text of loadSchema().views) database.exec(text);
    const [copy, fold] = [prepareCopy(database), prepareFold(database)];
    for (const event of events) copy(event);
    fold(events);
    database.prepare('UPDATE read_models SET fingerprint = ?, position = ?').run(loadSchema().fingerprint, events.at(-1)?.position ?? 0);
    database.exec(`INSERT INTO leases (run_id, process_id, beat_at)
      SELECT run_id, 1, unixepoch() * 1000 FROM runs WHERE to_position IS NULL`);
  });
  return database;
}

function compareViews(past: Connection, cut: Connection): void {
  const views = cut.prepare<[], string>(`SELECT name FROM sqlite_schema WHERE type = 'view' ORDER BY name`).pluck().all();
  for (const view of views) {
    const rows = (database: Connection) => database.prepare<[], unknown[]>(`SELECT * FROM ${view}`).raw().all().map(String).sort();
    deepStrictEqual(rows(past), rows(cut), view);
  }
}

type Pages = ReturnType<typeof pagesOf>;

interface Case {
  /** Of the whole history. */
  now: Pages;
  cut: Connection;
  past: ReturnType<typeof openPast>;
  last: number;
  random: () => number;
  folder: string;
}

async function comparePages({ now, cut, past, last, random, folder }: Case): Promise<void> {
  const recordedAt = cut.prepare<[number], string>('SELECT recorded_at FROM events WHERE position = ?').pluck().get(last) as string;
  const there = pagesOf({ database: cut, past: () => past, folder, clock: () => Date.parse(recordedAt) });
  try {
    for (const path of somePages(cut, random)) {
      const moment = `${path}${path.includes('?') ? '&' : '?'}at=${last}`;
      const [asOf, ended] = [await now.get(moment), await there.get(path)];
      deepStrictEqual([path, contentOf(asOf, last)], [path, contentOf(ended, last)]);
    }
  } finally {
    there.close();
  }
}

function pagesOf(deps: Pick<Parameters<typeof createApp>[0], 'database' | 'past' | 'folder' | 'clock'>) {
  const report = (error: unknown) => {
    throw error;
  };
  const { app, close } = createApp(
    { ...deps, onChange: () => () => {}, report, requestStop: async () => {} },
    { hosts: ['localhost'], access: null },
  );
  const get = async (path: string) => {
    const response = await app.request(path);
    return { status: response.status, text: await response.text() };
  };
  return { get, close };
}

/** A page of each kind, of runs that there were then. */
function somePages(cut: Connection, random: () => number): string[] {
  const pick = <T>(list: readonly T[]): T | undefined => list[Math.floor(random() * list.length)];
  const runs = cut.prepare<[], string>('SELECT run_id FROM v1_runs ORDER BY first_position').pluck().all();
  const ablations = cut.prepare<[], string>('SELECT ablation_id FROM v1_ablations').pluck().all();
  const sort = pick(['', '?sort=accuracy', '?sort=status&order=up', '?status=completed', '?q=paper', '?sort=time']);
  const type = pick(['', '?type=EpochMeasured', '?layer=batchNorm2d.2', '?before=9']);
  const [run, other] = [pick(runs), pick(runs)];
  if (run === undefined) return ['/'];
  const chart = pick(['accuracy', 'loss', 'learning-rate']);
  const large = [
    ['/ablations', ...ablations.map((id) => `/ablations/${id}`)],
    [`/compare?runs=${run},${other}`],
    [`/runs/${run}${type}`],
    [`/runs/${run}${type}`],
  ];
  return [`/${sort}`, `/runs/${run}/charts/${chart}.csv`, ...(pick(large) ?? [])];
}

/** Of a page its `<main>` without time bar; what tells a page of the past from one of the present is taken from both: `at`, what keeps pages live, and what can be asked for now only. */
function contentOf({ status, text }: { status: number; text: string }, at: number): { status: number; content: string[] } {
  const main = /<main[^>]*>([\s\S]*)<\/main>/.exec(text)?.[1] ?? text;
  const content = main
    .replace(/<div class="timebar">[\s\S]*?<\/span><\/div>/, '')
    .replaceAll(/<form method="post"[\s\S]*?<\/form>/g, '')
    .replaceAll(/ hx-[a-z:-]+="[^"]*"/g, '')
    .replaceAll(`<input type="hidden" name="at" value="${at}">`, '')
    .replaceAll(
      new RegExp(`="(/[^"?#]*)\\?((?:[^"#]*?(?:&amp;|&))?)at=${at}((?:&amp;|&)[^"#]*)?(#[^"]*)?"`, 'g'),
      (_, path, before, after, fragment) => {
        const query = `${before}${(after ?? '').replace(/^(&amp;|&)/, '')}`.replace(/(&amp;|&)$/, '');
        return `="${path}${query === '' ? '' : `?${query}`}${fragment ?? ''}"`;
      },
    );
  // In lines, so that a difference is seen.
  return { status, content: content.replaceAll('><', '>\n<').split('\n') };
}

export const moments: Kind = {
  name: 'moments',
  what: 'pages as of a random event of a random history',
  // Its small count stands in tests/app/web/moments.test.ts.
  counts: { test: 0, chaos: 1_000 },
  run: (seed) => momentsCase(seed),
};
