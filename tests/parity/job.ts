// What PyTorch needs to train a run as it is trained here: the network as a list of layers with their inputs, initial values, order of samples, rates,
// and the images as numbers. Files that train.py reads.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pixelTable } from '../../trainer/data/standardize.ts';
import type { DataSet, ImageSplit, Network } from '../../trainer/index.ts';
import { prepare } from '../../trainer/prepare.ts';
import { epochOrder } from '../../trainer/random/draws.ts';
import { initialValues } from '../../trainer/random/initial.ts';
import type { Recipe } from '../../trainer/recipe.ts';
import { epochRates } from '../../trainer/schedules/course.ts';

/** The layers of a network as graph.py takes them. */
export function layersOf(network: Network): object[] {
  return network.layers.map(({ layer, name, inputs, output, parameters }) => ({
    ...layer,
    ...{ name, inputs, output, parameters: parameters.map(({ role, shape }) => ({ role, shape })) },
  }));
}

/** Writes `job.json` and `parameters.bin`: initial values in the network's order, binary32 in PyTorch's layout. */
export function writeJob(folder: string, recipe: Recipe, dataset: DataSet): void {
  const { network, split, stepsPerEpoch } = prepare(recipe, dataset);
  const course = { schedule: recipe.schedule, lr: recipe.optimizer.lr, epochs: recipe.epochs, stepsPerEpoch };
  const epochs = Array.from({ length: recipe.epochs }, (_, i) => i + 1);
  const parameters = network.parameters.map((parameter) => initialValues(recipe.seed, parameter));
  writeFileSync(join(folder, 'parameters.bin'), Buffer.concat(parameters.map((values) => Buffer.from(values.buffer))));
  const job = {
    input: network.input,
    layers: layersOf(network),
    optimizer: recipe.optimizer,
    batch: recipe.batch,
    rates: epochs.map((epoch) => [...epochRates(course, epoch, null, null).rates]),
    orders: epochs.map((epoch) => [...epochOrder(recipe.seed, epoch, split.train)].map((sample) => split.train.indexOf(sample))),
  };
  writeFileSync(join(folder, 'job.json'), JSON.stringify(job));
}

/** Writes `images.bin` (training part, then test part; N, C, H, W, binary32, standardized) and `labels.bin`: the same for every run. */
export function writeImages(folder: string, recipe: Recipe, dataset: DataSet): void {
  const { standardize, split } = prepare(recipe, dataset);
  const table = pixelTable(standardize);
  const all = Uint32Array.from({ length: dataset.test.count }, (_, i) => i);
  const parts = [
    { of: dataset.train, samples: split.train },
    { of: dataset.test, samples: all },
  ];
  writeFileSync(join(folder, 'images.bin'), Buffer.concat(parts.map(({ of, samples }) => planar(of, samples, dataset, table))));
  writeFileSync(join(folder, 'labels.bin'), Buffer.concat(parts.map(({ of, samples }) => Buffer.from(samples.map((i) => of.labels[i]!)))));
}

/** From bytes (h, w, c) to numbers (c, h, w). */
function planar(part: ImageSplit, samples: Uint32Array, { shape }: DataSet, table: Float32Array): Buffer {
  const { channels } = shape;
  const pixels = shape.height * shape.width;
  const values = new Float32Array(samples.length * pixels * channels);
  for (const [n, sample] of samples.entries()) {
    for (let channel = 0; channel < channels; channel++) {
      for (let pixel = 0; pixel < pixels; pixel++) {
        const byte = part.images[(sample * pixels + pixel) * channels + channel]!;
        values[(n * channels + channel) * pixels + pixel] = table[channel * 256 + byte]!;
      }
    }
  }
  return Buffer.from(values.buffer);
}
