// The whole table: which measurements there are and in which order, one after another, with what each is given.
import type { Bench, Measurement } from './bench.ts';
import { PyTorch } from './contenders/pytorch.ts';
import type { Options } from './options.ts';
import { installedVersion, installPeers, peerNames } from './peers/install.ts';
import { describeHost } from './report/host.ts';
import type { Row } from './report/row.ts';
import type { Entry } from './report/store.ts';
import { appends } from './rows/append.ts';
import { augmentation } from './rows/augmentation.ts';
import { batches } from './rows/batches.ts';
import { inference } from './rows/inference.ts';
import { largeLedger } from './rows/largeLedger.ts';
import { memory } from './rows/memory.ts';
import { peerRows } from './rows/peers.ts';
import { presetRows } from './rows/presets.ts';
import { recording } from './rows/recording.ts';
import { start } from './rows/start.ts';
import { sweep } from './rows/sweep.ts';
import { training, trainingAvx2 } from './rows/training.ts';
import { variantRows } from './rows/variants.ts';

/** A quick run begins with what its JSON asks for. */
export const measurements: readonly Measurement[] = [
  training,
  recording,
  trainingAvx2,
  ...batches,
  ...variantRows,
  ...presetRows,
  ...inference,
  augmentation,
  memory,
  start,
  sweep,
  ...peerRows,
];

/** With `--ledger`: about the ledger alone. */
export const ledgerMeasurements: readonly Measurement[] = [...appends, largeLedger];

const pace = { quick: { rounds: 3, seconds: 0.2 }, full: { rounds: 9, seconds: 1 } };

/** A quick run ends within this. */
const QUICK_SECONDS = 45;

export type Measured = Omit<Entry, 'rows'> & { rows: readonly Row[] };

/** Those that are there. */
function versionsOf(versions: { [name: string]: string | null | undefined }): { [name: string]: string } {
  return Object.fromEntries(Object.entries(versions).filter((entry): entry is [string, string] => entry[1] != null));
}

/** Measures what `options` ask for and says what is under way. Throws where a name is unknown or a contender fails. */
export async function measureTable({ python, peers, quick, only, ledger }: Options, say: (text: string) => void): Promise<Measured> {
  const started = performance.now();
  const secondsLeft = () => QUICK_SECONDS - (performance.now() - started) / 1000;
  const all = ledger ? ledgerMeasurements : measurements;
  const chosen = all.filter(({ name }) => only === null || name === only);
  if (chosen.length === 0) throw new Error(`there is no measurement ${only}; there are ${all.map(({ name }) => name).join(', ')}`);
  if (peers) installPeers();
  const host = describeHost();
  const measuredAt = new Date().toISOString();
  const pytorch = python === null ? null : new PyTorch(python, 'all');
  const pytorchAvx2 = python === null ? null : new PyTorch(python, 'avx2');
  const bench: Bench = {
    pace: quick ? pace.quick : pace.full,
    quick,
    pytorch,
    pytorchAvx2,
  };
  try {
    const rows: Row[] = [];
    for (const [i, { name, quickSeconds, measure }] of chosen.entries()) {
      if (quick && only === null && quickSeconds > 0 && secondsLeft() < quickSeconds) {
        say(`${name}: left out, a quick run has no time for it`);
        continue;
      }
      say(`${name}  (${i + 1} of ${chosen.length})`);
      rows.push(...(await measure(bench)));
    }
    const described = { torch: await pytorch?.describe(), torchAvx2: await pytorchAvx2?.describe() };
    const installed = Object.fromEntries(peerNames.map((name) => [name, installedVersion(name)]));
    return { measuredAt, host, peers: versionsOf({ ...described, ...installed }), pace: bench.pace, rows };
  } finally {
    pytorch?.dispose();
    pytorchAvx2?.dispose();
  }
}
