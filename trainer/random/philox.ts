// Philox4x32-10, the counter-based generator behind every draw: word i of a stream needs no other word, so samples, threads and
// resumed runs draw the same numbers in any order. What the words are used for stands in draws.ts.
// Source: Salmon, Moraes, Dror, Shaw, "Parallel random numbers: as easy as 1, 2, 3", SC 2011 (Random123).
import { createHash } from 'node:crypto';

/** Two 32-bit words, both 0 … 2^32 − 1. */
export type PhiloxKey = readonly [k0: number, k1: number];

/** What a stream is for; with seed and name it decides the key. */
export type Purpose = 'init' | 'dropout' | 'order' | 'split' | 'augment' | 'measure';

const MULTIPLIER_0 = 0xd2511f53;
const MULTIPLIER_1 = 0xcd9e8d57;
const WEYL_0 = 0x9e3779b9;
const WEYL_1 = 0xbb67ae85;
const ROUNDS = 10;

/** Key of one stream: the first 8 bytes of a SHA-256 over seed, purpose and name (docs/numerics.md), as two little-endian words. */
export function streamKey(seed: number, purpose: Purpose, name: string): PhiloxKey {
  const digest = createHash('sha256').update(`runledger/philox/1\0${seed}\0${purpose}\0${name}`, 'utf8').digest();
  return [digest.readUInt32LE(0), digest.readUInt32LE(4)];
}

/** Upper 32 bits of the 64-bit product of two words, as a signed word. */
function multiplyHigh(a: number, b: number): number {
  const aLow = a & 0xffff;
  const aHigh = a >>> 16;
  const bLow = b & 0xffff;
  const bHigh = b >>> 16;
  const low = Math.imul(aLow, bLow) >>> 16;
  const middle = (Math.imul(aHigh, bLow) + low) >>> 0;
  const carry = (Math.imul(aLow, bHigh) + (middle & 0xffff)) >>> 0;
  return (Math.imul(aHigh, bHigh) + (middle >>> 16) + (carry >>> 16)) | 0;
}

/** One block: writes the four words of counter (c0, c1, c2, c3) to `out` from `offset`. */
export function philox4x32(key: PhiloxKey, c0: number, c1: number, c2: number, c3: number, out: Uint32Array, offset = 0): void {
  let x0 = c0 | 0;
  let x1 = c1 | 0;
  let x2 = c2 | 0;
  let x3 = c3 | 0;
  let k0 = key[0] | 0;
  let k1 = key[1] | 0;
  for (let round = 0; round < ROUNDS; round++) {
    const high0 = multiplyHigh(MULTIPLIER_0, x0);
    const high1 = multiplyHigh(MULTIPLIER_1, x2);
    const low0 = Math.imul(MULTIPLIER_0, x0);
    const low1 = Math.imul(MULTIPLIER_1, x2);
    x0 = high1 ^ x1 ^ k0;
    x1 = low1;
    x2 = high0 ^ x3 ^ k1;
    x3 = low0;
    k0 = (k0 + WEYL_0) | 0;
    k1 = (k1 + WEYL_1) | 0;
  }
  out[offset] = x0;
  out[offset + 1] = x1;
  out[offset + 2] = x2;
  out[offset + 3] = x3;
}

/** Fills `out` with words 0, 1, 2, … of the stream at counter (·, c1, c2, 0): word i is word i mod 4 of block ⌊i/4⌋. */
export function fillWords(key: PhiloxKey, c1: number, c2: number, out: Uint32Array): void {
  const whole = out.length - (out.length % 4);
  for (let i = 0; i < whole; i += 4) philox4x32(key, i / 4, c1, c2, 0, out, i);
  if (whole === out.length) return;
  const last = new Uint32Array(4);
  philox4x32(key, whole / 4, c1, c2, 0, last);
  out.set(last.subarray(0, out.length - whole), whole);
}
