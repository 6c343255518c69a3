// What every measurement is given, and what one looks like. A measurement knows how to fill its rows; run.ts decides which are run.
import type { PyTorch } from './contenders/pytorch.ts';
import type { Pace } from './measure/sampling.ts';
import type { Row } from './report/row.ts';

export interface Bench {
  /** Samples short or long. */
  pace: Pace;
  quick: boolean;
  /** Null without `--python`. */
  pytorch: PyTorch | null;
  pytorchAvx2: PyTorch | null;
}

export interface Measurement {
  name: string;
  /** What it takes at most in a quick run, in seconds; there it is left out where it would end too late. 0: never left out. */
  quickSeconds: number;
  measure(bench: Bench): Promise<Row[]>;
}

export const noPyTorch = 'no PyTorch: name an interpreter with --python (docs/benchmarks/README.md)';
