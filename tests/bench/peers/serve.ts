// The loop of a peer's program: a JSON request a line in, a JSON reply a line out (measure/child.ts says why).
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

export interface PeerRequest {
  batch: number;
  threads: number;
  seconds: number;
}

/** A step of a peer; may be asynchronous. */
export type PeerStep = () => unknown;

/** Answers each request with images a second; `prepare` is called once for every batch size and number of threads, and warmed up by a step. */
export async function servePeer(prepare: (request: PeerRequest) => PeerStep | Promise<PeerStep>): Promise<void> {
  const steps = new Map<string, PeerStep>();
  for await (const line of createInterface({ input: process.stdin })) {
    const request = JSON.parse(line) as PeerRequest;
    const key = `${request.batch}/${request.threads}`;
    let step = steps.get(key);
    if (step === undefined) {
      step = await prepare(request);
      steps.set(key, step);
      await step();
    }
    const start = performance.now();
    let calls = 0;
    do {
      await step();
      calls++;
    } while (performance.now() - start < request.seconds * 1000);
    console.log(JSON.stringify({ imagesPerSecond: (calls * request.batch * 1000) / (performance.now() - start) }));
  }
}

/** Loads a package of the peers' folder, which is the program's first argument. */
export function peerPackage<Library>(name: string): Library {
  return createRequire(join(process.argv[2]!, 'package.json'))(name) as Library;
}

/** Numbers in ±1 that need no random generator to be random enough for timing. */
export function noise(count: number): Float32Array {
  let state = 12345;
  return Float32Array.from({ length: count }, () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 31 - 1;
  });
}
