// The codec of event data: one text for one value, and every value back.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { decodeJson, encodeJson } from '../../../app/ledger/json.ts';
import type { Json } from '../../../app/ledger/ports.ts';

const strings = fc.oneof(
  fc.string({ unit: 'grapheme' }),
  fc.constantFrom('NaN', '-0', 'Infinity', '-Infinity', '\\NaN', '\\\\-0', '\ud800'),
);
const json: fc.Arbitrary<Json> = fc.letrec<{ value: Json }>((tie) => ({
  value: fc.oneof(
    { depthSize: 'small' },
    fc.constant(null),
    fc.boolean(),
    fc.double(),
    fc.integer(),
    strings,
    fc.array(tie('value'), { maxLength: 4 }),
    fc.dictionary(strings, tie('value'), { maxKeys: 4, noNullPrototype: true }),
  ),
})).value;

/** The same value with the keys of every object in another order. */
function reversed(value: Json): Json {
  if (Array.isArray(value)) return value.map(reversed);
  if (value === null || typeof value !== 'object') return value;
  return Object.fromEntries(
    Object.entries(value)
      .reverse()
      .map(([key, item]) => [key, reversed(item)]),
  );
}

test('every value comes back as it was, signs of zero and NaN included', () => {
  fc.assert(
    fc.property(json, (value) => {
      expect(decodeJson(encodeJson(value))).toStrictEqual(value);
    }),
    { seed: 1, numRuns: 500 },
  );
});

test('the text is JSON and does not depend on the order of keys', () => {
  fc.assert(
    fc.property(json, (value) => {
      const text = encodeJson(value);
      expect(() => JSON.parse(text)).not.toThrow();
      expect(encodeJson(reversed(value))).toBe(text);
      expect(encodeJson(decodeJson(text))).toBe(text);
    }),
    { seed: 2, numRuns: 500 },
  );
});

test('reads as the design says', () => {
  expect(encodeJson({ b: [1, 0.1, -0], a: { y: Number.NaN, x: Number.NEGATIVE_INFINITY } })).toBe(
    '{"a":{"x":"-Infinity","y":"NaN"},"b":[1,0.1,"-0"]}',
  );
  expect(encodeJson('NaN')).toBe('"\\\\NaN"');
  expect(encodeJson(2 ** 53)).toBe('9.007199254740992e+15');
  expect(encodeJson(2 ** 53 - 1)).toBe('9007199254740991');
  expect(encodeJson({ there: 1, absent: undefined } as unknown as Json)).toBe('{"there":1}');
});

test('refuses what an event cannot hold and says where it stands', () => {
  const refuse = (value: unknown, place: string) =>
    expect(() => encodeJson(value as Json)).toThrow(expect.objectContaining({ code: 'ledger.json', place }));
  refuse({ a: [1, 2n ** 60n] }, '$.a[1]');
  refuse({ when: new Date(0) }, '$.when');
  refuse({ list: Object.assign(new Array(2), { 0: 1 }) }, '$.list[1]');
  refuse([new Float32Array(2)], '$[0]');
  refuse([undefined], '$[0]');
  let nested: unknown = 1;
  for (let depth = 0; depth < 100_000; depth++) nested = [nested];
  refuse(nested, `$${'[0]'.repeat(200)}`);
});
