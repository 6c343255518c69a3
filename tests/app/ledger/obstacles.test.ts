// What stands in a ledger's way: rights, another version, a cut file, a network. Every command then succeeds or says in one clear error what is
// wrong, and what is on the disk stays as it was.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { chmodSync, cpSync, existsSync, mkdirSync, readdirSync, readFileSync, statSync, truncateSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import Database from 'better-sqlite3';
import { beforeEach, expect, onTestFinished, test } from 'vitest';
import { run } from '../../../app/cli/main.ts';
import { ledgerFolder } from '../../../app/ledger/folder.ts';
import { openLedger } from '../../../app/ledger/index.ts';
import { verifyLedger } from '../../../app/ledger/verify/index.ts';
import { RunledgerError } from '../../../trainer/errors.ts';
import { fakeHost } from '../cli/fakeHost.ts';
import { temporaryFolder, temporaryLedger } from './folders.ts';
import { generator } from './synthetic.ts';
import { eventsOf, exported, recordRun, runId } from './transfer/ledgers.ts';

const root = resolve(import.meta.dirname, '../../..');

interface Stage {
  /** Everybody may enter it. */
  around: string;
  ledger: string;
  /** An export of another run. */
  archive: string;
}

let stage: Stage;
beforeEach(async () => {
  const around = temporaryFolder();
  chmodSync(around, 0o755);
  const ledger = join(around, 'ledger');
  const open = await temporaryLedger({ folder: ledger });
  await recordRun(open, eventsOf(1), 1);
  await open.close();
  const other = await temporaryLedger();
  await recordRun(other, eventsOf(2), 2);
  const archive = join(around, 'other.tar.zst');
  cpSync(await exported(other), archive);
  chmodSync(archive, 0o644);
  stage = { around, ledger, archive };
});

const id = runId(1).slice(0, 8);
const commands = (): Record<string, string[]> => ({
  runs: ['runs'],
  show: ['show', id],
  sql: ['sql', 'select count(*) from v1_runs'],
  verify: ['verify'],
  rebuild: ['rebuild'],
  tag: ['tag', id, 'x'],
  archive: ['archive', id],
  prune: ['prune', '--keep', 'none'],
  stop: ['stop', id],
  import: ['import', stage.archive],
  export: ['export', id, '--out', join(stage.around, 'out', 'one.tar.zst')],
  backup: ['backup', join(stage.around, 'out', 'all.tar.zst')],
});

interface Said {
  status: number | null;
  out: string;
  err: string;
}

async function runHere(argv: string[]): Promise<Said> {
  const host = { ...fakeHost(), workingFolder: stage.around, clock: Date.now };
  const status = await run(['--ledger', stage.ledger, ...argv], host);
  return { status, out: host.stdout.text(), err: host.stderr.text() };
}

/** One command as a process of its own, for another user where one is named. */
function runProcess(argv: string[], user: { uid?: number; gid?: number }): Said {
  const main = join(root, 'app/cli/main.ts');
  const { status, stdout, stderr } = spawnSync(process.execPath, [main, '--ledger', stage.ledger, ...argv], {
    cwd: stage.around,
    encoding: 'utf8',
    env: { PATH: process.env.PATH, LANG: 'C.UTF-8', HOME: stage.around, TMPDIR: process.env.TMPDIR },
    ...user,
  });
  return { status, out: stdout, err: stderr };
}

/** Succeeds, or one error with its code and help, and no word about where in the program. */
function isClear({ status, err }: Said, code: RegExp): void {
  if (status === 0) return;
  expect(status, err).toBe(1);
  expect(err.match(/^error (\S+) {2}.+$/gm), err).toHaveLength(1);
  expect(/^error (\S+)/m.exec(err)![1], err).toMatch(code);
  expect(err).toMatch(/^help {2}\S/m);
  expect(err).not.toMatch(/^\s+at |node:internal/m);
}

/** Names, rights and bytes of all that lies in a folder, but for what readers share with each other. */
function imageOf(folder: string): string {
  const hash = createHash('sha256');
  for (const name of (readdirSync(folder, { recursive: true }) as string[]).sort()) {
    if (/-(shm|wal)$/.test(name)) continue;
    const path = join(folder, name);
    const { mode, size } = statSync(path);
    hash.update(`${name} ${mode} ${size}\n`);
    if (statSync(path).isFile()) hash.update(readFileSync(path));
  }
  return hash.digest('hex');
}

function makeReadOnly(folder: string): void {
  for (const name of readdirSync(folder, { recursive: true }) as string[]) {
    const path = join(folder, name);
    chmodSync(path, statSync(path).isDirectory() ? 0o555 : 0o444);
  }
  chmodSync(folder, 0o555);
  onTestFinished(() => {
    chmodSync(folder, 0o755);
    for (const name of readdirSync(folder, { recursive: true }) as string[]) {
      const path = join(folder, name);
      if (existsSync(path) && statSync(path).isDirectory()) chmodSync(path, 0o755);
    }
  });
}

// Rights mean nothing to root; `nobody` must be able to read the program then.
const isRoot = process.getuid?.() === 0;
const nobody = isRoot ? { uid: 65_534, gid: 65_534 } : {};
const reason =
  process.platform === 'win32'
    ? 'file modes mean nothing on Windows'
    : isRoot && spawnSync(process.execPath, ['--version'], nobody).status !== 0
      ? 'this process is root and cannot start one of nobody'
      : isRoot && spawnSync('test', ['-r', join(root, 'app/cli/main.ts')], nobody).status !== 0
        ? 'this process is root, and nobody cannot read the program'
        : null;

for (const what of ['folder', 'file', 'folder of a ledger that was left open'] as const) {
  const title = `a read-only ${what}: each command succeeds or says so, and nothing changes`;
  if (reason !== null) {
    test.skip(`${title}: skipped, ${reason}`);
    continue;
  }
  test(title, { timeout: 60_000 }, async () => {
    mkdirSync(join(stage.around, 'out'));
    chmodSync(join(stage.around, 'out'), 0o777);
    if (what === 'folder of a ledger that was left open') {
      // Its write-ahead log and shared memory lie there.
      const open = await openLedger(stage.ledger, { write: true });
      cpSync(stage.ledger, join(stage.around, 'left'), { recursive: true });
      await open.close();
      stage.ledger = join(stage.around, 'left');
    }
    if (what === 'file') chmodSync(join(stage.ledger, 'ledger.db'), 0o444);
    else makeReadOnly(stage.ledger);
    const before = imageOf(stage.ledger);
    for (const name of ['runs', 'verify', 'tag', 'prune', 'import', 'export', 'backup']) {
      const said = runProcess(commands()[name]!, nobody);
      isClear(said, /^(ledger\.(access|readOnly|missing|storage)|archive\.\w+|system\.\w+|run\.ended)$/);
      if (['tag', 'prune', 'import'].includes(name)) expect(said.status, `${name}: ${said.out}`).toBe(1);
      expect(imageOf(stage.ledger), name).toBe(before);
    }
  });
}

test('a ledger of a newer version: each command says so and leaves it alone', { timeout: 60_000 }, async () => {
  const file = join(stage.ledger, 'ledger.db');
  const set = (version: number) => {
    const database = new Database(file);
    const before = database.pragma('user_version', { simple: true }) as number;
    database.pragma(`user_version = ${version}`);
    database.pragma('wal_checkpoint(TRUNCATE)');
    database.close();
    return before;
  };
  const ours = set(99);
  const before = imageOf(stage.ledger);
  for (const [name, argv] of Object.entries(commands())) {
    const said = await runHere(argv);
    expect(said.status, name).toBe(1);
    isClear(said, /^ledger\.newer$/);
    expect(imageOf(stage.ledger), name).toBe(before);
  }
  set(ours);
  expect((await runHere(['verify'])).status).toBe(0);
});

test('a file that was cut anywhere: opening it and verifying it say so, or what is left is whole', { timeout: 60_000 }, async () => {
  const file = join(stage.ledger, 'ledger.db');
  const { size } = statSync(file);
  for (let seed = 1; seed <= 10; seed++) {
    const folder = join(stage.around, `cut-${seed}`);
    cpSync(stage.ledger, folder, { recursive: true });
    const at = Math.floor(generator(seed)() * size);
    truncateSync(join(folder, 'ledger.db'), at);
    const attempts = [
      () => verifyLedger(folder).then(({ ok }) => ok),
      ...[false, true].map((write) => async () => {
        const ledger = await openLedger(folder, { write });
        try {
          return (await ledger.readModels.rows('v1_runs')).length === 1 && (await ledger.log.readAll()).events.length > 0;
        } finally {
          await ledger.close();
        }
      }),
    ];
    for (const [index, attempt] of attempts.entries()) {
      const outcome = await attempt().catch((error: unknown) => error);
      const where = `seed ${seed}, cut at ${at} of ${size}, attempt ${index}: ${outcome}`;
      if (outcome instanceof RunledgerError) expect(outcome.code, where).toMatch(/^ledger\./);
      else if (outcome instanceof Error) expect((outcome as { code?: string }).code, where).toMatch(/^SQLITE_(CORRUPT|NOTADB)/);
      // What `verify` calls intact is; a reader may miss what it did not read.
      else if (index === 0) expect(outcome, where).toBe(false);
    }
  }
  expect((await verifyLedger(stage.ledger)).ok).toBe(true);
});

test('a network file system: refused by name, before anything is made there', () => {
  for (const [type, name] of [
    [0x6969, 'NFS'],
    [0xff534d42, 'CIFS'],
    [0xfe534d42, 'SMB2'],
  ] as const) {
    const asked: string[] = [];
    const typeOf = (folder: string) => {
      asked.push(folder);
      return type;
    };
    const nowhere = join(stage.around, 'share', 'ledger');
    const refused = expect.objectContaining({
      code: 'ledger.network',
      message: expect.stringContaining(name),
      help: expect.stringContaining('local disk'),
    });
    expect(() => ledgerFolder(nowhere, { create: true, typeOf })).toThrow(refused);
    expect(existsSync(dirname(nowhere))).toBe(false);
    expect(() => ledgerFolder(stage.ledger, { create: false, typeOf })).toThrow(refused);
    expect(asked).toEqual([stage.around, stage.ledger]);
  }
});
