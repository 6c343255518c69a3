import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { grouped, runReference } from '../../../views/format/identity.ts';
import { sparkline } from '../../../views/format/sparkline.ts';
import { statusText, statusTone } from '../../../views/format/status.ts';

test('ids and hashes in groups of four', () => {
  const sha = '4be190c752da1f08aabb';
  expect(grouped(sha)).toBe('4be1 90c7');
  expect(grouped(sha, 16)).toBe('4be1 90c7 52da 1f08');
  expect(grouped('1285aa07-90c7-4000-8000-000000000000')).toBe('1285 aa07');
  expect(grouped('abcdef', 16)).toBe('abcd ef');
  expect(runReference('1285aa07-90c7-4000-8000-000000000000')).toBe('run/1285aa07');
});

test('a sparkline spans its scale', () => {
  expect(sparkline([0, 1, 2, 3, 4, 5, 6, 7])).toBe('▁▂▃▄▅▆▇█');
  expect(sparkline([0.2, 0.8], { low: 0, high: 1 })).toBe('▂▇');
  expect(sparkline([-5, 5], { low: 0, high: 1 })).toBe('▁█');
  expect(sparkline([3, 3])).toBe('▅▅');
  expect(sparkline([1, Number.NaN, null, 2])).toBe('▁× █');
  expect(sparkline([])).toBe('');
});

test('a sparkline with fewer columns than values ends with the last value', () => {
  const values = Array.from({ length: 100 }, (_, i) => i);
  expect(sparkline(values, { columns: 8 })).toBe('▁▂▃▄▅▆▇█');
  expect(sparkline([1, 2], { columns: 8 })).toHaveLength(2);
});

test('status words have their sign', () => {
  expect(statusText('completed')).toBe('✓ completed');
  expect(statusText('failed')).toBe('✗ failed');
  expect(statusTone('interrupted')).toBe('warning');
});

test('browsers can load the folder: it imports nothing but itself', () => {
  const folder = join(import.meta.dirname, '../../../views/format');
  const imports = readdirSync(folder).flatMap((file) =>
    [...readFileSync(join(folder, file), 'utf8').matchAll(/from '([^']+)'/g)].map((match) => match[1]!),
  );
  expect(imports.length).toBeGreaterThan(0);
  expect(imports.filter((name) => !/^\.\/\w+\.ts$/.test(name))).toEqual([]);
});
