// The quantile function of the standard normal distribution, which makes a normal draw of a uniform one, in double from + − × ÷, √ and our
// own log alone: the same bits on every machine. M. Wichura's algorithm AS 241 (PPND16, Applied Statistics 37, 1988), relative error 1e-16.
import { logDouble } from './double.ts';

/** Coefficients of numerator and denominator, highest power first. */
interface Rational {
  above: readonly number[];
  below: readonly number[];
}

/** For |p − ½| ≤ 0.425, in 0.180625 − (p − ½)². */
const MIDDLE: Rational = {
  above: [
    2509.0809287301227, 33430.57558358813, 67265.7709270087, 45921.95393154987, 13731.69376550946, 1971.5909503065513, 133.14166789178438,
    3.3871328727963665,
  ],
  below: [
    5226.495278852854, 28729.085735721943, 39307.89580009271, 21213.794301586597, 5394.196021424751, 687.1870074920579, 42.31333070160091,
    1,
  ],
};

/** For the tails down to e^−25, in √(−log p) − 1.6. */
const TAIL: Rational = {
  above: [
    0.0007745450142783414, 0.022723844989269184, 0.2417807251774506, 1.2704582524523684, 3.6478483247632045, 5.769497221460691,
    4.630337846156546, 1.4234371107496835,
  ],
  below: [
    1.0507500716444169e-9, 0.0005475938084995345, 0.015198666563616457, 0.14810397642748008, 0.6897673349851, 1.6763848301838038,
    2.053191626637759, 1,
  ],
};

function rational({ above, below }: Rational, r: number): number {
  const polynomial = (coefficients: readonly number[]) => coefficients.reduce((sum, coefficient) => sum * r + coefficient, 0);
  return polynomial(above) / polynomial(below);
}

/** x with Φ(x) = p, for p from e^−25 to 1 − e^−25. */
export function normalQuantile(p: number): number {
  const q = p - 0.5;
  if (Math.abs(q) <= 0.425) return q * rational(MIDDLE, 0.180625 - q * q);
  const r = Math.sqrt(-logDouble(q < 0 ? p : 1 - p));
  const x = rational(TAIL, r - 1.6);
  return q < 0 ? -x : x;
}
