// The README is true: its links and folders exist, its commands are commands, its fingerprints are those of the recipes.
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';

const root = join(import.meta.dirname, '..');
const readme = readFileSync(join(root, 'README.md'), 'utf8');

test('every link and picture leads somewhere', () => {
  const links = [...readme.matchAll(/\]\(([^)]+)\)/g)].map((match) => match[1]!).filter((link) => !link.startsWith('http'));
  expect(links.length).toBeGreaterThan(5);
  expect(links.filter((link) => !existsSync(join(root, link)))).toEqual([]);
});

test('every folder of the tree exists', () => {
  const tree = readme.match(/```\n(app\/[\s\S]*?)```/)![1]!;
  const missing: string[] = [];
  let parent = '';
  for (const line of tree.trimEnd().split('\n')) {
    const [, indent, name] = line.match(/^(\s*)(\S+\/)/)!;
    if (indent === '') parent = name!;
    const path = indent === '' ? name! : parent + name!;
    if (!existsSync(join(root, path))) missing.push(path);
  }
  expect(missing).toEqual([]);
});

test('fingerprints are those of the recipes', () => {
  const recorded = JSON.parse(readFileSync(join(root, 'recipes/fingerprints.json'), 'utf8')) as Record<
    string,
    { seed: number; untilEpoch: number; fingerprint: string }
  >;
  const rows = [...readme.matchAll(/^\| `recipes\/([^`]+)` \| (\d+) \| (\d+) \| `([0-9a-f ]+)` \|$/gm)];
  expect(rows.length).toBeGreaterThan(0);
  for (const [, recipe, seed, epochs, fingerprint] of rows) {
    const entry = recorded[recipe!]!;
    expect({ seed: entry.seed, untilEpoch: entry.untilEpoch }).toEqual({ seed: Number(seed), untilEpoch: Number(epochs) });
    expect(entry.fingerprint.slice(0, 16)).toBe(fingerprint!.replaceAll(' ', ''));
  }
});

test('every command shown is a command, with these options', () => {
  const lines = [...readme.matchAll(/^npx runledger ([\w-]+)(.*)$/gm)];
  expect(lines.length).toBeGreaterThan(5);
  for (const [, command, rest] of lines) {
    const help = spawnSync(process.execPath, [join(root, 'app/launch.js'), command!, '--help'], { encoding: 'utf8' });
    expect(help.status, `${command}: ${help.stderr}`).toBe(0);
    for (const option of rest!.match(/--[a-z]+/g) ?? []) expect(help.stdout, `${command} ${option}`).toContain(option);
  }
});
