// What training does to its process: nothing stays behind in memory, and other WebAssembly goes on working. Each in a process of its own.
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';

async function run(program: string, ...flags: string[]): Promise<Record<string, unknown>> {
  const { stdout } = await promisify(execFile)(process.execPath, [...flags, join(import.meta.dirname, program)]);
  return JSON.parse(stdout);
}

test('ten thousand steps leave the heap where it was', { timeout: 60_000 }, async () => {
  const grown = await run('longRun.ts', '--expose-gc');
  // What a step left behind would be there nine thousand times: 18 bytes a step exceed this.
  expect(grown.heap).toBeLessThan(160 * 1024);
  expect(grown.arrayBuffers).toBeLessThan(64 * 1024);
});

test('fetch, and a module whose functions call each other, run after the flag was set', { timeout: 60_000 }, async () => {
  const { backend, sum, text } = await run('otherCode.ts');
  expect(backend).toBe(process.arch === 'x64' ? 'wasm-256' : 'wasm-128');
  expect(sum).toBe(4 * 45 * 30_000);
  expect(text).toBe('answered');
});
