import { spawn } from 'node:child_process';
import { chmod, readdir } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { text } from 'node:stream/consumers';
import { CommanderError } from 'commander';
import { describe, expect, test } from 'vitest';
import { createContext, type GlobalOptions } from '../../../app/cli/context.ts';
import { exitCodeOf, printError, toRunledgerError } from '../../../app/cli/errors.ts';
import { run } from '../../../app/cli/main.ts';
import { createScreen } from '../../../app/cli/terminal/screen.ts';
import packageJson from '../../../package.json' with { type: 'json' };
import { RunledgerError } from '../../../trainer/index.ts';
import { temporaryFolder } from '../datasets/tiny.ts';
import { fakeHost, fakeTerminal } from './fakeHost.ts';

async function runledger(argv: string[], environment: Record<string, string> = {}): Promise<{ code: number; out: string; err: string }> {
  const host = fakeHost({ environment });
  const code = await run(argv, host);
  return { code, out: host.stdout.text(), err: host.stderr.text() };
}

describe('the program', () => {
  test('tells its version and its help', async () => {
    expect(await runledger(['--version'])).toEqual({ code: 0, out: `${packageJson.version}\n`, err: '' });
    const help = await runledger(['--help']);
    expect(help.code).toBe(0);
    expect(help.out).toContain('Usage: runledger');
  });

  test('every command has help, with the global options', async () => {
    const { out } = await runledger(['--help']);
    const names = [...out.split('Commands:')[1]!.matchAll(/^ {2}(\w+)/gm)].map((match) => match[1]!).filter((name) => name !== 'help');
    expect(names).toContain('data');
    for (const name of names) {
      const help = await runledger([name, '--help']);
      expect(help).toMatchObject({ code: 0, err: '' });
      expect(help.out).toContain(`Usage: runledger ${name}`);
      expect(help.out).toContain('--ledger <folder>');
    }
  });

  test.each([
    [['dta'], 'error usage  unknown command `dta`\nhelp  did you mean  data\n'],
    [['data', 'lst'], 'error usage  unknown command `lst`\nhelp  did you mean  list\n'],
    [['data', 'list', '--colour', 'never'], 'error usage  unknown option `--colour`\nhelp  did you mean  --color\n'],
    [['data', 'list', '--frobnicate'], 'error usage  unknown option `--frobnicate`\nhelp  runledger --help\n'],
    [
      ['--color', 'blue'],
      'error usage  option `--color <when>` argument `blue` is invalid\nhelp  allowed choices are never, auto, always\n',
    ],
    [
      ['data', 'pull', 'cifar'],
      'error usage  there is no data set `cifar`\nhelp  did you mean `cifar10`? Allowed: mnist, fashion-mnist, cifar10\n',
    ],
  ])('%j is a mistake of usage: 2', async (argv, said) => {
    expect(await runledger(argv)).toEqual({ code: 2, out: '', err: said });
  });

  test('without a command shows help: 2', async () => {
    const { code, err } = await runledger([]);
    expect(code).toBe(2);
    expect(err).toContain('Usage: runledger');
  });
});

describe('data', () => {
  test('list shows all, with what to run', async () => {
    const empty = await temporaryFolder();
    const { code, out, err } = await runledger(['data', 'list'], { RUNLEDGER_CACHE: empty, RUNLEDGER_FASHION_MNIST: empty });
    expect({ code, err }).toEqual({ code: 0, err: '' });
    expect(out.split('\n')[1]).toBe('mnist          ✓ ready    60,000  10,000  1 × 28 × 28       10  0f79 bf6f');
    expect(out).toContain('cifar10        ○ missing  50,000  10,000  3 × 32 × 32       10  8dc2 9ba4');
    expect(out).toContain('help  cifar10: runledger data pull cifar10\n');
  });

  test('check reads what is there', async () => {
    const empty = await temporaryFolder();
    const { code, out } = await runledger(['data', 'check'], { RUNLEDGER_CACHE: empty, RUNLEDGER_FASHION_MNIST: empty });
    expect(code).toBe(0);
    expect(out).toMatch(/mnist +70,000 images, fingerprint 0f79 bf6f +✓ intact/);
    expect(out).toMatch(/cifar10 +○ missing/);
  });

  test('check of one that is missing fails: 1', async () => {
    const cache = await temporaryFolder();
    expect(await runledger(['data', 'check', 'cifar10'], { RUNLEDGER_CACHE: cache })).toEqual({
      code: 1,
      out: '',
      err: `error dataset.missing  the files of cifar10 are not there\n  ${join(cache, 'datasets/cifar10.rldata')}\nhelp  runledger data pull cifar10\n`,
    });
  });

  test('pull of one that is there says so', async () => {
    const { code, out } = await runledger(['data', 'pull', 'mnist']);
    expect(code).toBe(0);
    expect(out).toContain('mnist  55 MB · fingerprint 0f79 bf6f · is there already, intact');
  });
});

describe('an error', () => {
  const screen = { color: 'never', environment: { LANG: 'C.UTF-8' }, platform: 'linux' } as const;
  const printed = (error: RunledgerError, debug = false): string => {
    const stream = fakeTerminal();
    printError(error, createScreen(stream, screen), debug);
    return stream.text();
  };

  test('has code, message, place and help', () => {
    const error = new RunledgerError('recipe.shape', 'network[4].linear takes 4,096 numbers, conv2d.2 gives 2,048', {
      place: 'recipes/mine.yaml:14\n14 |  - linear: { in: 4096, out: 128 }',
      help: 'leave out `in`\nor raise conv2d.2 to 64',
    });
    expect(printed(error)).toBe(
      [
        'error recipe.shape  network[4].linear takes 4,096 numbers, conv2d.2 gives 2,048',
        '  recipes/mine.yaml:14',
        '  14 |  - linear: { in: 4096, out: 128 }',
        'help  leave out `in`',
        '      or raise conv2d.2 to 64',
        '',
      ].join('\n'),
    );
  });

  test('shows its stack and its causes only when asked', () => {
    const error = new RunledgerError('ledger.open', 'it does not open', { cause: new Error('disk on fire') });
    expect(printed(error)).toBe('error ledger.open  it does not open\n');
    expect(printed(error, true)).toContain('main.test.ts');
    expect(printed(error, true)).toContain('disk on fire');
  });

  test('of ours or not, has an exit code', () => {
    expect(exitCodeOf(new RunledgerError('usage', 'no'))).toBe(2);
    expect(exitCodeOf(new RunledgerError('usage.setting', 'no'))).toBe(2);
    expect(exitCodeOf(new RunledgerError('dataset.missing', 'no'))).toBe(1);
    expect(exitCodeOf(toRunledgerError(new TypeError('x is not a function')))).toBe(1);
    expect(exitCodeOf(toRunledgerError(new CommanderError(1, 'commander.unknownCommand', "error: unknown command 'x'")))).toBe(2);
    expect(toRunledgerError(new TypeError('x is not a function'))).toMatchObject({ code: 'internal', message: 'x is not a function' });
    expect(
      toRunledgerError(Object.assign(new Error("EACCES: permission denied, mkdir '/x'"), { code: 'EACCES', syscall: 'mkdir', path: '/x' })),
    ).toMatchObject({
      code: 'system.eacces',
      message: "permission denied, mkdir '/x'",
      help: undefined,
    });
    expect(toRunledgerError('a text')).toMatchObject({ code: 'internal', message: 'a text' });
  });
});

describe('the context', () => {
  const options =
    (given: Partial<GlobalOptions>): (() => GlobalOptions) =>
    () => ({ color: 'auto', debug: false, ...given });

  test.each([
    [{ ledger: 'mine' }, { RUNLEDGER: '/elsewhere' }, '/project/mine'],
    [{}, { RUNLEDGER: '/elsewhere' }, '/elsewhere'],
    [{}, { RUNLEDGER: '' }, '/project/runledger'],
    [{}, {}, '/project/runledger'],
  ])('with %j and %j takes the ledger %s', (given, environment, expected) => {
    expect(createContext(fakeHost({ environment }), options(given)).ledger).toBe(expected);
  });
});

describe('as a process', () => {
  const main = join(import.meta.dirname, '../../../app/cli/main.ts');

  test('a reader that goes away is no error', async () => {
    const child = spawn(process.execPath, [main, 'data', 'list'], { stdio: ['ignore', 'pipe', 'pipe'] });
    child.stdout.destroy();
    const [said, code] = await Promise.all([text(child.stderr), new Promise((resolve) => child.on('close', resolve))]);
    expect({ said, code }).toEqual({ said: '', code: 0 });
  });

  test('Ctrl-C stops a pull cleanly: 0, and nothing is left', async () => {
    const programs = await temporaryFolder(new Map([['npm', Buffer.from('#!/bin/sh\nexec sleep 600\n')]]));
    await chmod(join(programs, 'npm'), 0o755);
    const [cache, temporary] = [await temporaryFolder(), await temporaryFolder()];
    const child = spawn(process.execPath, [main, 'data', 'pull', 'cifar10'], {
      stdio: ['ignore', 'ignore', 'pipe'],
      env: {
        ...process.env,
        LANG: 'C.UTF-8',
        PATH: `${programs}${delimiter}${process.env.PATH}`,
        RUNLEDGER_CACHE: cache,
        TMPDIR: temporary,
      },
    });
    let said = '';
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      if (said === '') child.kill('SIGINT');
      said += text;
    });
    expect(await new Promise((resolve) => child.on('close', resolve))).toBe(0);
    expect(said).toBe('fetching 139 MB with npm\nstopping, Ctrl-C again ends at once\n■ stopped\n');
    expect([await readdir(cache), await readdir(temporary)]).toEqual([[], []]);
  });

  test('the exit code is that of the command', async () => {
    const child = spawn(process.execPath, [main, 'data', 'pull', 'nothing'], { stdio: ['ignore', 'ignore', 'pipe'] });
    const [said, code] = await Promise.all([text(child.stderr), new Promise((resolve) => child.on('close', resolve))]);
    expect(said).toContain('error usage');
    expect(code).toBe(2);
  });
});
