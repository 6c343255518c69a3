// A program for the test beside it: trains on generated kernels, which sets V8's flag, then lets other WebAssembly run in the same process:
// `fetch`, whose HTTP parser is WebAssembly, and a module whose functions call each other until V8 optimises them. Flags set at the wrong
// moment abort the process here ("Check failed: function_feedback"). Prints one line of JSON.
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { call, func, i32, local, Module } from 'wasmati';
import { parseRecipe, train } from '../../../trainer/index.ts';
import { webAssembly } from '../../../trainer/kernels/emit/webAssembly.ts';
import { syntheticDataSet, tinyRecipe } from '../syntheticDataSet.ts';

let backend = '';
for await (const fact of train(parseRecipe(tinyRecipe), syntheticDataSet(), { clock: () => 0, version: '0.0.0', threads: 2 })) {
  if (fact.type === 'RunStarted') backend = fact.measured.backend;
  if (fact.type === 'RunFailed') throw new Error(fact.data.message);
}

const twice = func({ in: [i32], out: [i32] }, ([x]) => {
  local.get(x);
  local.get(x);
  i32.add();
});
const fourTimes = func({ in: [i32], out: [i32] }, ([x]) => {
  local.get(x);
  call(twice);
  call(twice);
});
const bytes = Module({ exports: { fourTimes } }).toBytes();
const { exports } = new webAssembly.Instance(new webAssembly.Module(bytes), {});
let sum = 0;
for (let i = 0; i < 300_000; i++) sum += (exports.fourTimes as (x: number) => number)(i % 10);

const server = createServer((_request, response) => response.end('answered')).listen(0, '127.0.0.1');
await new Promise((resolve) => {
  server.once('listening', resolve);
});
const response = await fetch(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`);
console.log(JSON.stringify({ backend, sum, text: await response.text() }));
server.close();
