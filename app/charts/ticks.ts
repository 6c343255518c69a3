// Where an axis has its ticks: round steps, at most seven, the first and the last epoch always.

export interface Ticks {
  min: number;
  max: number;
  values: number[];
}

const mostDecades = 6;

/** Round steps (1, 2 or 5 times a power of ten) that enclose the values. */
export function niceTicks(low: number, high: number, most = 6): Ticks {
  const size = Math.max(Math.abs(low), Math.abs(high));
  // Values that differ in their last digits only are one value, with room around it.
  if (!(high - low > 1e-9 * size && size > 1e-280)) {
    const half = size > 1e-280 ? size * 0.1 : 1;
    return niceTicks(low - half, high + half, most);
  }
  let step = 10 ** Math.floor(Math.log10((high - low) / most));
  for (const factor of [2, 2.5, 2, 2, 2.5]) {
    if (Math.ceil(high / step) - Math.floor(low / step) <= most) break;
    step *= factor;
  }
  const first = Math.floor(low / step + 1e-9);
  const last = Math.ceil(high / step - 1e-9);
  const values = Array.from({ length: last - first + 1 }, (_, index) => rounded((first + index) * step));
  return { min: values[0]!, max: values.at(-1)!, values };
}

/** Ends and ticks of a log axis over positive values: 1, 2, 5 within two decades (finer within one), else powers of ten, at most seven. */
export function logTicks(low: number, high: number): Ticks {
  const decades = Math.log10(high / low);
  const steps = decades < 0.7 ? [1, 1.5, 2, 3, 5, 7] : decades < 1.7 ? [1, 2, 5] : [1];
  const first = Math.floor(Math.log10(low) + 1e-9);
  const last = Math.max(first + 1, Math.ceil(Math.log10(high) - 1e-9));
  const every = steps.length > 1 ? 1 : Math.ceil((last - first) / mostDecades);
  const all: number[] = [];
  for (let decade = first; decade < last + every; decade += every) for (const step of steps) all.push(rounded(step * 10 ** decade));
  const from = all.findLastIndex((value) => value <= low * (1 + 1e-9));
  const to = all.findIndex((value) => value >= high * (1 - 1e-9));
  const values = all.slice(Math.max(0, from), Math.max(to, from + 1) + 1);
  return { min: values[0]!, max: values.at(-1)!, values };
}

const epochSteps = [1, 2, 3, 4, 5, 10, 20, 25, 50, 100, 200, 250, 500, 1000, 2000, 2500, 5000];

/** First and last epoch and round ones between, as evenly as the ends allow; none so near the last that their labels would touch. */
export function epochTicks(first: number, last: number, most = 4): number[] {
  if (last <= first) return [first];
  const length = last - first;
  const few = [...epochSteps, Math.ceil(length / most)].filter((size) => length / size <= most);
  const candidates = few.map((step) => ({ step, ticks: [first, ...between(first, last, step), last] }));
  const even = candidates.find(({ step, ticks }) => ticks[1]! - first <= step * 1.25 && last - ticks.at(-2)! <= step * 1.25);
  return (even ?? candidates[0]!).ticks;
}

/** Multiples of `step`, more than half a step from either end. */
function between(first: number, last: number, step: number): number[] {
  const inner: number[] = [];
  for (let epoch = Math.ceil((first + step * 0.6) / step) * step; epoch <= last - step * 0.6; epoch += step) inner.push(epoch);
  return inner;
}

function rounded(value: number): number {
  return Number(value.toPrecision(12));
}
