// The shape of the tree, as design decisions that fail when broken: who may import whom, no circles, what stands at the top.
import { execFileSync } from 'node:child_process';
import { readFileSync, statSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { expect, test } from 'vitest';

const root = resolve(import.meta.dirname, '..');
const tracked = execFileSync('git', ['ls-files', '--cached', '--others', '--exclude-standard'], { cwd: root, encoding: 'utf8' })
  .split('\n')
  .filter(Boolean);
const sources = tracked.filter((file) => /^(app|trainer|views)\/.*\.ts$/.test(file));

interface Import {
  from: string;
  to: string;
  typeOnly: boolean;
  /** Loaded only once the line is run: `import()`, a worker. */
  onDemand: boolean;
}

/** Import and re-export lines of a file; relative ones as paths from the root. */
function importsOf(file: string): Import[] {
  const text = readFileSync(join(root, file), 'utf8');
  const found: Import[] = [];
  const statement =
    /^(?:import|export)\s+(type\s+)?(?:[^'"`;]*?\sfrom\s+)?['"]([^'"]+)['"]|\bimport\(\s*['"]([^'"]+)['"]\s*\)|new URL\(\s*['"](\.[^'"]+\.ts)['"]/gm;
  for (const match of text.matchAll(statement)) {
    const target = match[2] ?? match[3] ?? match[4];
    if (target === undefined) continue;
    const to = target.startsWith('.') ? relative(root, resolve(root, dirname(file), target)) : target;
    found.push({ from: file, to, typeOnly: match[1] !== undefined, onDemand: match[2] === undefined });
  }
  return found;
}

const imports = sources.flatMap(importsOf);
const isLibrary = (to: string) => !/^(app|trainer|views|tests|migrations|docs|recipes)\//.test(to);
const trainerLibraries = ['node:worker_threads', 'node:crypto', 'node:v8', 'node:os', 'zod'];

/** The trainer's face, and two small files for those who need nothing else of it and start quickly. */
const trainerEntries = ['trainer/index.ts', 'trainer/errors.ts', 'trainer/v8Flags.ts'];

/** What each folder may import; the reason is section 1 of the design. */
function allowed({ from, to, typeOnly }: Import): boolean {
  if (from.startsWith('trainer/')) return to.startsWith('trainer/') || trainerLibraries.includes(to);
  if (from.startsWith('views/')) return to.startsWith('views/') || (to.startsWith('app/') && typeOnly) || to === 'hono/html';
  return to.startsWith('app/') || trainerEntries.includes(to) || to.startsWith('views/') || isLibrary(to);
}

test('each folder imports only what it may', () => {
  expect(imports.length).toBeGreaterThan(20);
  expect(imports.filter((line) => !allowed(line)).map(({ from, to }) => `${from} → ${to}`)).toEqual([]);
});

test('opening a ledger loads neither the engine nor a query builder: each would double the start of every command', () => {
  const loaded = new Set<string>();
  const load = (file: string): void => {
    if (loaded.has(file)) return;
    loaded.add(file);
    for (const { from, to, typeOnly, onDemand } of imports) if (from === file && !typeOnly && !onDemand) load(to);
  };
  load('app/ledger/index.ts');
  load('app/ledger/thread.ts');
  expect(loaded).toContain('trainer/index.ts');
  expect([...loaded].filter((file) => /^(trainer\/(kernels|threads|loop)\b|drizzle)/.test(file))).toEqual([]);
});

test('there is no import circle', () => {
  const graph = new Map(
    sources.map((file) => [
      file,
      importsOf(file)
        .filter((line) => !line.typeOnly && sources.includes(line.to))
        .map((line) => line.to),
    ]),
  );
  const done = new Set<string>();
  const circles: string[] = [];
  const visit = (file: string, path: string[]): void => {
    if (done.has(file)) return;
    if (path.includes(file)) {
      circles.push([...path.slice(path.indexOf(file)), file].join(' → '));
      return;
    }
    for (const next of graph.get(file) ?? []) visit(next, [...path, file]);
    done.add(file);
  };
  for (const file of sources) visit(file, []);
  expect(circles).toEqual([]);
});

test('the top level holds these folders and files, nothing else', () => {
  const names = [...new Set(tracked.map((file) => file.split('/')[0]))].sort();
  expect(names).toEqual([
    '.ci',
    '.gitignore',
    '.npmrc',
    'CHANGELOG.md',
    'LICENSE',
    'README.md',
    'app',
    'biome.json',
    'docs',
    'drizzle.config.ts',
    'migrations',
    'package-lock.json',
    'package.json',
    'recipes',
    'tests',
    'trainer',
    'tsconfig.json',
    'views',
    'vitest.config.ts',
  ]);
});

test('files stay readable: the median is small, and the ten largest are printed', () => {
  const sizes = sources.map((file) => ({ file, bytes: statSync(join(root, file)).size })).sort((a, b) => b.bytes - a.bytes);
  console.log(
    sizes
      .slice(0, 10)
      .map(({ file, bytes }) => `${(bytes / 1000).toFixed(1).padStart(6)} kB  ${file}`)
      .join('\n'),
  );
  expect(sizes[Math.floor(sizes.length / 2)]!.bytes).toBeLessThan(4000);
});

test('every source file begins with a comment that says why it exists', () => {
  expect(sources.filter((file) => !/^(#!.*\n)?\/[/*]/.test(readFileSync(join(root, file), 'utf8')))).toEqual([]);
});
