import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { bytes, fixed, imagesPerSecond, integer, si, signed, significant } from '../../../views/format/number.ts';

describe('plain numbers', () => {
  test.each([
    [0, 0, '0'],
    [999, 0, '999'],
    [1000, 0, '1,000'],
    [549_514, 0, '549,514'],
    [-1234.5, 0, '−1,235'],
    [234_567.891, 2, '234,567.89'],
    [0.6312, 3, '0.631'],
    [-0.004, 3, '−0.004'],
    [-0.0004, 3, '0.000'],
    [-0, 1, '0.0'],
    [Number.NaN, 1, 'NaN'],
    [999_999.4, 3, '999,999.400'],
    [26_915_781_244.109, 3, '2.692e10'],
    [-26_915_781_244.109, 1, '−2.7e10'],
    [26_915_781_244.109, 0, '26,915,781,244'],
    [Number.POSITIVE_INFINITY, 3, 'inf'],
    [Number.NEGATIVE_INFINITY, 3, '−inf'],
    [null, 3, ''],
    [undefined, 3, ''],
  ])('fixed(%s, %s) is %s', (value, decimals, text) => expect(fixed(value, decimals)).toBe(text));

  test.each([
    [1.3, 1, '+1.3'],
    [-53.7, 1, '−53.7'],
    [0.049, 1, '0.0'],
    [-0.049, 1, '0.0'],
    [0.051, 1, '+0.1'],
    [-0.004, 3, '−0.004'],
    [1234, 0, '+1,234'],
    [1e16, 3, '+1.000e16'],
    [Number.NaN, 1, 'NaN'],
    [null, 1, ''],
  ])('signed(%s, %s) is %s', (value, decimals, text) => expect(signed(value, decimals)).toBe(text));

  test('a printed integer reads back', () => {
    fc.assert(
      fc.property(fc.maxSafeInteger(), (value) => {
        expect(Number(integer(value).replaceAll(',', '').replace('−', '-'))).toBe(value);
        expect(integer(value)).toMatch(/^−?\d{1,3}(,\d{3})*$/);
      }),
    );
  });
});

describe('units', () => {
  test.each([
    [0, '0 B'],
    [612, '612 B'],
    [999, '999 B'],
    [1000, '1.0 kB'],
    [6_600_000, '6.6 MB'],
    [9_949_999, '9.9 MB'],
    [9_960_000, '10 MB'],
    [164_000_000, '164 MB'],
    [999_600_000, '1.0 GB'],
    [3_900_000_000, '3.9 GB'],
    [null, ''],
  ])('bytes(%s) is %s', (value, text) => expect(bytes(value)).toBe(text));

  test.each([
    [549_514, '', '549,514'],
    [999_999, '', '999,999'],
    [1_000_000, '', '1.00 M'],
    [1_234_567, '', '1.23 M'],
    [12_345_678, '', '12.3 M'],
    [999_600_000, '', '1.00 G'],
    [6_650_000, 'FLOP', '6.65 MFLOP'],
    [-6_650_000, 'FLOP', '−6.65 MFLOP'],
    [Number.NaN, 'FLOP', 'NaN FLOP'],
  ])('si(%s, %s) is %s', (value, unit, text) => expect(si(value, unit)).toBe(text));

  test.each([
    [0, '0'],
    [0.0123, '0.0123'],
    [0.0001, '0.000100'],
    [0.00009999, '1.00e-4'],
    [0.000012345, '1.23e-5'],
    [4.567, '4.57'],
    [9.996, '10.0'],
    [-45.67, '−45.7'],
    [1234.5, '1,235'],
    [12_345_678, '1.23e7'],
    [Number.POSITIVE_INFINITY, 'inf'],
    [null, ''],
  ])('significant(%s) is %s', (value, text) => expect(significant(value)).toBe(text));

  test('images a second', () => expect(imagesPerSecond(6079.7)).toBe('6,080 img/s'));
});
