// What `npm run bench` may be asked. Parsed here, so that a mistake is told before anything is measured.
import { parseArgs } from 'node:util';

export const usage = `npm run bench [-- options]     measures everything and keeps the table in docs/benchmarks/
  --python <path>    an interpreter with torch==2.13.0 (docs/benchmarks/README.md says how to make one);
                     without it the PyTorch rows say "not measured"
  --peers            installs TensorFlow.js, jax-js and onnxruntime-node into the user's cache folder;
                     once there, they are measured
  --quick            short samples, what cannot end within 50 s left out, nothing kept
  --only <row>       one measurement, nothing kept; --only list names them
  --json             one JSON object on the last line
  --ledger           instead: appending, rebuilding and opening a ledger; kept like the whole table
  --layer <kind>     instead: GFLOP/s of every pass of a layer (conv2d, linear) over a grid of shapes;
                     conv2d/depthwise: of those whose title says depthwise
  --pages            instead: GET / and its neighbours while the demonstration trains
  --help`;

export interface Options {
  python: string | null;
  peers: boolean;
  quick: boolean;
  only: string | null;
  json: boolean;
  ledger: boolean;
  layer: string | null;
  pages: boolean;
  help: boolean;
}

/** Throws a TypeError with what is wrong. */
export function parseOptions(args: readonly string[]): Options {
  const { values } = parseArgs({
    args: [...args],
    options: {
      python: { type: 'string' },
      peers: { type: 'boolean', default: false },
      quick: { type: 'boolean', default: false },
      only: { type: 'string' },
      json: { type: 'boolean', default: false },
      ledger: { type: 'boolean', default: false },
      layer: { type: 'string' },
      pages: { type: 'boolean', default: false },
      help: { type: 'boolean', short: 'h', default: false },
    },
  });
  return { ...values, python: values.python ?? null, only: values.only ?? null, layer: values.layer ?? null };
}
