// The program around the kinds: what it may be asked, and what its last line says.
import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { environment } from './environment.ts';
import { kinds } from './kinds.ts';
import { parseOptions } from './options.ts';

const chaos = (...args: string[]) => {
  const { status, stdout, stderr } = spawnSync(process.execPath, [join(import.meta.dirname, 'run.ts'), ...args], {
    encoding: 'utf8',
    env: environment,
  });
  return { status, lines: stdout.trim().split('\n'), stderr };
};

test('--kills is so many kills and nothing else', () => {
  expect(parseOptions(['--kills', '5', '--json'])).toMatchObject({ only: 'kills', count: 5, seed: 1, json: true });
  expect(parseOptions(['--only', 'bits', '--seed', '42', '--count', '1'])).toMatchObject({ only: 'bits', count: 1, seed: 42 });
  expect(() => parseOptions(['--count', 'many'])).toThrow('--count many is no number from 1 on');
});

test('the last line of kills says what was lost', () => {
  const { status, lines } = chaos('--kills', '1', '--json');
  expect(JSON.parse(lines.at(-1)!)).toEqual({ kills: 1, lostEvents: 0, identicalWeights: true });
  expect(status).toBe(0);
});

test('a kind that there is not is named with those that there are', () => {
  const { status, stderr } = chaos('--only', 'floods');
  expect(stderr).toContain(`there is no kind 'floods': ${kinds.map(({ name }) => name).join(', ')}`);
  expect(status).toBe(1);
});

test('each kind is under test too', () => {
  const files = readdirSync(import.meta.dirname).filter((name) => name.endsWith('.test.ts'));
  const text = files.map((name) => readFileSync(join(import.meta.dirname, name), 'utf8')).join('');
  for (const { name, counts } of kinds) if (counts.test > 0) expect(text).toContain(`testKind(${name});`);
  expect(new Set(kinds.map(({ name }) => name)).size).toBe(kinds.length);
});
