import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { checkIdx, idxHeaderBytes } from '../../../app/datasets/idx.ts';
import { idxFile } from './tiny.ts';

const file = fc.array(fc.integer({ min: 0, max: 6 }), { minLength: 1, maxLength: 3 }).chain((dimensions) => {
  const length = dimensions.reduce((product, size) => product * size, 1);
  return fc.record({ dimensions: fc.constant(dimensions), values: fc.uint8Array({ minLength: length, maxLength: length }) });
});

describe('an IDX file', () => {
  test('is accepted as it is written, its header alone too', () => {
    fc.assert(
      fc.property(file, ({ dimensions, values }) => {
        const whole = idxFile(dimensions, values);
        expect(checkIdx(whole, whole.length, dimensions)).toBeNull();
        expect(checkIdx(whole.subarray(0, idxHeaderBytes(dimensions.length)), whole.length, dimensions)).toBeNull();
      }),
      { seed: 1 },
    );
  });

  test('is refused at every other length', () => {
    fc.assert(
      fc.property(file, fc.integer({ min: -20, max: 20 }), ({ dimensions, values }, change) => {
        fc.pre(change !== 0);
        const whole = idxFile(dimensions, values);
        const other = change < 0 ? whole.subarray(0, Math.max(0, whole.length + change)) : Buffer.concat([whole, Buffer.alloc(change)]);
        expect(checkIdx(other, other.length, dimensions)).toBeTypeOf('string');
      }),
      { seed: 2 },
    );
  });

  test('is refused when any byte of its header differs', () => {
    fc.assert(
      fc.property(file, fc.nat(), fc.integer({ min: 1, max: 255 }), ({ dimensions, values }, at, flip) => {
        const bytes = idxFile(dimensions, values);
        bytes[at % (4 + 4 * dimensions.length)]! ^= flip;
        expect(checkIdx(bytes, bytes.length, dimensions)).toBeTypeOf('string');
      }),
      { seed: 3 },
    );
  });

  test('says what it found', () => {
    const values = new Uint8Array(24);
    const found = (bytes: Uint8Array, dimensions: number[]) => checkIdx(bytes, bytes.length, dimensions);
    expect(found(idxFile([4, 2, 3], values), [4, 3, 2])).toBe('4 × 2 × 3 found, 4 × 3 × 2 expected');
    expect(found(idxFile([24], values), [4, 2, 3])).toBe('it begins with 0x00000801, not 0x00000803');
    expect(found(Buffer.from('PNG'), [24])).toBe('3 bytes found, too few for a header of 8');
    expect(found(idxFile([2000], new Uint8Array(1999)), [2000])).toBe('2,007 bytes found, 2,008 expected');
  });
});
