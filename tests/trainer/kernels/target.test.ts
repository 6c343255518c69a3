// The choice of target: merged code is used only after it has agreed with the reference, and the fallback is announced.
import { describe, expect, test, vi } from 'vitest';
import { createEngine } from '../../../trainer/kernels/index.ts';
import { createReferenceEngine } from '../../../trainer/kernels/reference/engine.ts';
import { agreesWithReference, mergedWhereItHolds, type Verdicts, verdictKey } from '../../../trainer/kernels/selfTest.ts';
import { digestOf, EXPECTED, testSpec, testStep } from '../../../trainer/kernels/selfTestNetwork.ts';
import { splitRows, WASM_128, WASM_256 } from '../../../trainer/kernels/tiles.ts';
import { smallCnn, tinySpec } from '../reference/tiny.ts';

test.each(['fused', 'strict'] as const)('optimised 256-bit code agrees with the reference in %s arithmetic', (arithmetic) => {
  expect(agreesWithReference(WASM_256, arithmetic)).toBe(true);
});

test.each(['fused', 'strict'] as const)('the self-test expects what the reference gives in %s arithmetic', (arithmetic) => {
  const reference = createReferenceEngine(testSpec(arithmetic));
  testStep(reference);
  expect(digestOf(reference.readState())).toBe(EXPECTED[arithmetic]);
});

test('code that disagrees is replaced by 128-bit code, with a warning', () => {
  const warn = vi.spyOn(process, 'emitWarning').mockImplementation(() => {});
  expect(mergedWhereItHolds('fused', () => false)).toBe(WASM_128);
  expect(warn).toHaveBeenCalledWith(expect.stringContaining('128-bit code'), { code: 'RUNLEDGER_WASM_128' });
  warn.mockRestore();
});

describe.skipIf(process.arch !== 'x64')('a self-test that was passed', () => {
  /** What one thread does: nothing is known to it but what `passed` holds. */
  async function candidate(passed: Set<string>) {
    vi.resetModules();
    const { candidateTarget } = await import('../../../trainer/kernels/selfTest.ts');
    const remember = vi.fn<Verdicts['remember']>((key) => passed.add(key));
    const holds = candidateTarget('fused', { passed: (key) => passed.has(key), remember }).holds();
    return { holds, remember };
  }

  test('is remembered, and not repeated by the next thread', async () => {
    const passed = new Set<string>();
    const first = await candidate(passed);
    expect(first.holds).toBe(true);
    expect(first.remember.mock.calls).toEqual([[verdictKey('fused')]]);
    const second = await candidate(passed);
    expect(second.holds).toBe(true);
    expect(second.remember).not.toHaveBeenCalled();
  });

  test('counts for this arithmetic, this Node and these flags only', () => {
    const key = verdictKey('fused');
    expect(key).toMatch(/^[0-9a-f]{64}$/);
    expect(verdictKey('fused')).toBe(key);
    expect(verdictKey('strict')).not.toBe(key);
    vi.stubEnv('NODE_OPTIONS', '--no-experimental-wasm-revectorize');
    expect(verdictKey('fused')).not.toBe(key);
    vi.unstubAllEnvs();
    const versions = vi.spyOn(process, 'versions', 'get').mockReturnValue({ ...process.versions, v8: '0' });
    expect(verdictKey('fused')).not.toBe(key);
    versions.mockRestore();
  });
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
