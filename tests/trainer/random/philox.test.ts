// Philox against the known-answer file of Random123 (kat_vectors, philox4x32 with 10 rounds) and the key rule of docs/numerics.md.
import { createHash } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { fillWords, philox4x32, streamKey } from '../../../trainer/random/philox.ts';

function block(key: [number, number], counter: [number, number, number, number]): string {
  const out = new Uint32Array(4);
  philox4x32(key, ...counter, out);
  return [...out].map((word) => word.toString(16).padStart(8, '0')).join(' ');
}

describe('philox4x32-10', () => {
  test('gives the published answers', () => {
    const ones = 0xffffffff;
    expect(block([0, 0], [0, 0, 0, 0])).toBe('6627e8d5 e169c58d bc57ac4c 9b00dbd8');
    expect(block([ones, ones], [ones, ones, ones, ones])).toBe('408f276d 41c83b0e a20bc7c6 6d5451fd');
    expect(block([0xa4093822, 0x299f31d0], [0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344])).toBe('d16cfe09 94fdcceb 5001e420 24126ea1');
  });

  test('word i of a stream is word i mod 4 of block i/4, for any length', () => {
    const key = streamKey(7, 'dropout', 'dropout.1');
    for (const length of [0, 1, 3, 4, 5, 11]) {
      const words = new Uint32Array(length);
      fillWords(key, 12, 3, words);
      const expected = new Uint32Array(4);
      for (let i = 0; i < length; i++) {
        philox4x32(key, Math.floor(i / 4), 12, 3, 0, expected);
        expect(words[i]).toBe(expected[i % 4]);
      }
    }
  });
});

test('a key is the start of the SHA-256 over seed, purpose and name', () => {
  const digest = createHash('sha256').update('runledger/philox/1\u00001\u0000init\u0000conv2d.1.weight').digest();
  expect(streamKey(1, 'init', 'conv2d.1.weight')).toEqual([digest.readUInt32LE(0), digest.readUInt32LE(4)]);
  expect(streamKey(1, 'init', 'conv2d.2.weight')).not.toEqual(streamKey(1, 'init', 'conv2d.1.weight'));
  expect(streamKey(2, 'init', 'conv2d.1.weight')).not.toEqual(streamKey(1, 'init', 'conv2d.1.weight'));
});
