// Plain numbers as pages and terminal print them: true minus, commas from a thousand, NaN and infinities as such.
// A value that is not there yet (null or undefined) is an empty text everywhere in this folder. Nothing here imports anything: browsers load it too.

export type Value = number | null | undefined;

/** `true minus`, U+2212. */
export const minus = '−';

/** NaN and infinities in words, else null. */
export function exceptional(value: number): string | null {
  if (Number.isNaN(value)) return 'NaN';
  if (Number.isFinite(value)) return null;
  return value > 0 ? 'inf' : `${minus}inf`;
}

const withCommas = (digits: string): string => digits.replace(/^\d+/, (whole) => whole.replace(/\B(?=(\d{3})+$)/g, ','));

/** From here on a measured value (one with decimals) has more digits than anybody reads: a loss that explodes is `2.692e10`. */
const mostMeasured = 1e6;

/** Digits of |value|; zero after rounding has no sign. */
function print(value: number, decimals: number, plus: string): string {
  if (decimals > 0 && Math.abs(value) >= mostMeasured) {
    const power = Math.abs(value).toExponential(Math.min(decimals, 3)).replace('e+', 'e');
    return (value < 0 ? minus : plus) + power;
  }
  const digits = Math.abs(value).toFixed(decimals);
  const sign = Number(digits) === 0 ? '' : value < 0 ? minus : plus;
  return sign + withCommas(digits);
}

/** `fixed(0.6312, 3)` is `0.631`, `fixed(-1234.5, 0)` is `−1,235`. */
export function fixed(value: Value, decimals: number): string {
  if (value == null) return '';
  return exceptional(value) ?? print(value, decimals, '');
}

/** `549,514`. */
export const integer = (value: Value): string => fixed(value, 0);

/** A difference: `+1.3`, `−0.004`; under half of the last digit `0.0` without a sign. */
export function signed(value: Value, decimals: number): string {
  if (value == null) return '';
  return exceptional(value) ?? print(value, decimals, '+');
}

/** Three significant digits: `0.0123`, `4.57`, `1,230`; below a ten-thousandth and from a million on with a power, `1.23e-5`. */
export function significant(value: Value): string {
  if (value == null) return '';
  const named = exceptional(value);
  if (named !== null || value === 0) return named ?? '0';
  const size = Math.abs(value);
  const [digits, power] = size.toExponential(2).split('e') as [string, string];
  if (size < 1e-4 || size >= mostMeasured) return `${value < 0 ? minus : ''}${digits}e${Number(power)}`;
  return print(value, Math.max(0, 2 - Number(power)), '');
}

const siPrefixes = ['', 'k', 'M', 'G', 'T', 'P'];

/** For prose: three digits and an SI prefix, `6.65 MFLOP`, `1.23 M`; whole numbers under a million stay as they are, `549,514`. */
export function si(value: Value, unit = ''): string {
  if (value == null) return '';
  const named = exceptional(value);
  if (named !== null) return unit === '' ? named : `${named} ${unit}`;
  if (Math.abs(value) < 999_999.5) return unit === '' ? integer(value) : `${integer(value)} ${unit}`;
  let power = 0;
  let rest = value;
  while (power < siPrefixes.length - 1 && threeDigits(rest) >= 1000) {
    rest /= 1000;
    power++;
  }
  const whole = threeDigits(rest);
  return `${fixed(rest, whole >= 100 ? 0 : whole >= 10 ? 1 : 2)} ${siPrefixes[power]}${unit}`;
}

/** As printed: 999,600 counts as 1,000,000. */
const threeDigits = (value: number): number => Math.abs(Number(value.toPrecision(3)));

/** Decimal units: `612 B`, `6.6 MB`, `164 MB`. One decimal under ten. */
export function bytes(value: Value): string {
  if (value == null) return '';
  let power = 0;
  let rest = value;
  while (power < siPrefixes.length - 1 && Number(rest.toFixed(0)) >= 1000) {
    rest /= 1000;
    power++;
  }
  const decimals = power > 0 && Number(rest.toFixed(1)) < 10 ? 1 : 0;
  return `${fixed(rest, decimals)} ${siPrefixes[power]}B`;
}

/** `6,080 img/s`. */
export const imagesPerSecond = (value: Value): string => (value == null ? '' : `${integer(value)} img/s`);
