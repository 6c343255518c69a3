// A data set and a recipe so small that a real run takes a fraction of a second, and a ledger in a temporary folder.
import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Ledger, openLedger } from '../../../app/ledger/index.ts';
import type { RecordingHost } from '../../../app/runs/events.ts';
import { createRecordingHost } from '../../../app/runs/host.ts';
import { type DataSet, type ImageSplit, parseRecipe, type Recipe } from '../../../trainer/index.ts';

const shape = { channels: 1, height: 6, width: 6 };
const classes = ['left', 'right', 'top'];

/** Bright at the side that is the class, with a pattern that differs from image to image. */
function split(count: number, shift: number): ImageSplit {
  const pixels = shape.height * shape.width;
  const images = new Uint8Array(new SharedArrayBuffer(count * pixels));
  const labels = new Uint8Array(new SharedArrayBuffer(count));
  for (let n = 0; n < count; n++) {
    labels[n] = n % classes.length;
    for (let i = 0; i < pixels; i++) {
      const [row, column] = [Math.floor(i / shape.width), i % shape.width];
      const bright = [column < 3, column >= 3, row < 3][labels[n] as number];
      images[n * pixels + i] = (bright ? 150 : 20) + ((n * 7 + i * 13 + shift) % 90);
    }
  }
  return { count, images, labels };
}

export function tinyDataSet(name = 'tiny'): DataSet {
  const [train, test] = [split(48, 0), split(12, 5)];
  const fingerprint = createHash('sha256').update(name).update(train.images).update(train.labels).update(test.images).digest('hex');
  return { name, shape, classes, fingerprint, train, test };
}

export const tinyWritten = {
  dataset: 'tiny',
  split: { train: 36, validation: 12 },
  network: [{ conv2d: { out: 2, kernel: 3, padding: 'same' } }, 'batchNorm2d', 'relu', { maxPool2d: 2 }, 'flatten', { linear: 'classes' }],
  optimizer: { type: 'sgd', lr: 0.05 },
  batch: 8,
  epochs: 2,
  seed: 1,
};

export const tinyRecipe = (changes: Record<string, unknown> = {}): Recipe => parseRecipe({ ...tinyWritten, ...changes });

export interface Temporary {
  folder: string;
  ledger: Ledger;
  host: RecordingHost;
  remove(): Promise<void>;
}

export async function temporaryLedger(): Promise<Temporary> {
  const folder = mkdtempSync(join(tmpdir(), 'runledger-'));
  const ledger = await openLedger(folder, { write: true });
  return {
    folder,
    ledger,
    host: createRecordingHost(ledger, Date.now),
    async remove() {
      await ledger.close();
      rmSync(folder, { recursive: true });
    },
  };
}

/** One value of one run. */
export function runValue(ledger: Ledger, runId: string, column: string): unknown {
  return ledger.database.prepare(`SELECT ${column} FROM v1_runs WHERE run_id = ?`).pluck().get(runId);
}
