import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { rememberedVerdicts } from '../../../app/runs/verdicts.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'runledger-verdicts-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

test('what was remembered has passed for every later process, and nothing else has', () => {
  const place = join(folder, 'cache', 'self-tests');
  expect(rememberedVerdicts(place).passed('a')).toBe(false);
  rememberedVerdicts(place).remember('a');
  rememberedVerdicts(place).remember('a');
  expect(rememberedVerdicts(place).passed('a')).toBe(true);
  expect(rememberedVerdicts(place).passed('b')).toBe(false);
});

test('a place that cannot be written forgets', () => {
  const file = join(folder, 'file');
  writeFileSync(file, '');
  rememberedVerdicts(file).remember('a');
  expect(rememberedVerdicts(file).passed('a')).toBe(false);
});
