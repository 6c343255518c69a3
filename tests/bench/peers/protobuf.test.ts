// The encoding, against the examples of its own documentation (https://protobuf.dev/programming-guides/encoding/).
import { expect, test } from 'vitest';
import { floatField, integerField, messageField, textField } from './protobuf.ts';
import { seedOnnx } from './seedOnnx.ts';

const hex = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex');

test('integers, texts and messages within messages', () => {
  expect(hex(integerField(1, 150))).toBe('089601');
  expect(hex(textField(2, 'testing'))).toBe('120774657374696e67');
  expect(hex(messageField(3, [integerField(1, 150)]))).toBe('1a03089601');
});

test('floats are little-endian, large integers take as many bytes as they need', () => {
  expect(hex(floatField(2, 1))).toBe('150000803f');
  expect(hex(integerField(16, 2 ** 32))).toBe('80018080808010');
});

test('the seed network as a model: version 8, all weights in it, one batch size', () => {
  const model = seedOnnx(2);
  expect(hex(model.subarray(0, 2))).toBe('0808');
  // 268,746 learned numbers and 96 of running statistics, 4 bytes each, and the graph around them.
  expect(model.length).toBeGreaterThan(4 * (268_746 + 96));
  expect(model.length).toBeLessThan(4 * (268_746 + 96) + 2000);
});
