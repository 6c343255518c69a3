// The choice of target: merged code is used only after it has agreed with the reference, and the fallback is announced.
import { expect, test, vi } from 'vitest';
import { createEngine } from '../../../trainer/kernels/index.ts';
import { agreesWithReference, EXPECTED, mergedWhereItHolds, referenceDigest } from '../../../trainer/kernels/selfTest.ts';
import { splitRows, WASM_128, WASM_256 } from '../../../trainer/kernels/tiles.ts';
import { smallCnn, tinySpec } from '../reference/tiny.ts';

test.each(['fused', 'strict'] as const)('optimised 256-bit code agrees with the reference in %s arithmetic', (arithmetic) => {
  expect(agreesWithReference(WASM_256, arithmetic)).toBe(true);
});

test.each(['fused', 'strict'] as const)('the self-test expects what the reference gives in %s arithmetic', (arithmetic) => {
  expect(EXPECTED[arithmetic]).toBe(referenceDigest(arithmetic));
});

test('code that disagrees is replaced by 128-bit code, with a warning', () => {
  const warn = vi.spyOn(process, 'emitWarning').mockImplementation(() => {});
  expect(mergedWhereItHolds('fused', () => false)).toBe(WASM_128);
  expect(warn).toHaveBeenCalledWith(expect.stringContaining('128-bit code'), { code: 'RUNLEDGER_WASM_128' });
  warn.mockRestore();
});

test('the backend names the width', () => {
  const engine = createEngine(tinySpec(smallCnn([1, 8, 8], 3, true)));
  expect(engine.backend).toBe(process.arch === 'x64' ? 'wasm-256' : 'wasm-128');
  engine.dispose();
});

test('rows are split into few and even tiles', () => {
  const split = (count: number) => splitRows(count, 6).flatMap(({ rows, times }) => Array.from({ length: times }, () => rows));
  for (let count = 1; count < 60; count++) {
    const rows = split(count);
    expect(rows.reduce((sum, n) => sum + n, 0)).toBe(count);
    expect(rows.length).toBe(Math.ceil(count / 6));
    expect(Math.max(...rows) - Math.min(...rows)).toBeLessThanOrEqual(1);
  }
  expect(split(32)).toEqual([6, 6, 5, 5, 5, 5]);
  expect(split(28)).toEqual([6, 6, 6, 5, 5]);
  expect(split(7)).toEqual([4, 3]);
});
