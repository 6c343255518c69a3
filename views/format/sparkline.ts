// A curve as one line of text.
import type { Value } from './number.ts';

const levels = '▁▂▃▄▅▆▇█';
const missing = ' ';
const broken = '×';

export interface SparklineScale {
  /** Ends of the scale; by default those of the finite values. A table takes one scale for the whole column. */
  low?: number;
  high?: number;
  /** At most this many characters: each then stands for several values and shows the last of them. */
  columns?: number;
}

/** `▁▃▄▅▆▆▇█`. NaN and infinities are `×`, a value that is missing a space, a flat curve stays in the middle. */
export function sparkline(values: readonly Value[], scale: SparklineScale = {}): string {
  const columns = Math.min(values.length, scale.columns ?? values.length);
  const shown = Array.from({ length: columns }, (_, i) => values[Math.floor(((i + 1) * values.length) / columns) - 1]);
  const finite = values.filter((value): value is number => Number.isFinite(value));
  const low = scale.low ?? Math.min(...finite);
  const high = scale.high ?? Math.max(...finite);
  const character = (value: Value): string => {
    if (value == null) return missing;
    if (!Number.isFinite(value)) return broken;
    const share = high > low ? (value - low) / (high - low) : 0.5;
    return levels[Math.min(levels.length - 1, Math.max(0, Math.floor(share * levels.length)))]!;
  };
  return shown.map(character).join('');
}
