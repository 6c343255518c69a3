// The reference engine: trainer/engine.ts in plain loops, the truth that other engines are held against byte for byte.
// Exact and obvious, not fast; it may also be run in double, for proofs.
import type { ImageSplit } from '../../data/images.ts';
import { batchesOf, type Engine, type EngineSpec, type StepResults } from '../../engine.ts';
import { lossName } from '../../losses/index.ts';
import { lossFactors, oneHot, stepTargets, targetRow } from '../../losses/targets.ts';
import { type Numbers, numbersOf, type Values } from '../../numbers/numbers.ts';
import { EMA_SLOT } from '../../recipe/ema.ts';
import { createAccumulation } from './accumulation.ts';
import { augmentImage } from './augment.ts';
import { averageAfter } from './average.ts';
import { clipGradient } from './clip.ts';
import { crossEntropy, type Losses } from './crossEntropy.ts';
import type { Pass } from './layers/layer.ts';
import { createModel } from './model.ts';
import { createOptimizer } from './optimizers/index.ts';
import { pixelValues } from './pixels.ts';
import { copyValues, readState, writeState } from './state.ts';
import { targetLosses } from './targetLosses.ts';

/** An engine at its first step. `numbers` are those of the recipe's arithmetic unless given. */
export function createReferenceEngine(spec: EngineSpec, numbers: Numbers = numbersOf(spec.arithmetic)): Engine {
  const { network, augment, seed, pixelTable } = spec;
  const [channels, height, width] = network.input;
  const imageBytes = channels * height * width;
  const model = createModel(numbers, network, seed);
  const optimizer = createOptimizer(numbers, spec.optimizer, network.parameters, model.matrices);
  /** Of the last evaluation, by layer. */
  let outputs: Values[] = [];

  /** `given` are probabilities of the classes, (N, classes), instead of labels. */
  function lossesOf(logits: Values, labels: Uint8Array, given: Float32Array | null): Losses {
    const { classes } = network;
    if (spec.loss === 'crossEntropy' && given === null) return crossEntropy(numbers, classes, logits, labels);
    const targets = numbers.allocate(logits.length);
    for (const [n, label] of labels.entries()) {
      const q = given?.subarray(n * classes, (n + 1) * classes) ?? oneHot(classes, label);
      targets.set(targetRow(spec.loss, q), n * classes);
    }
    const factors = lossFactors(spec.loss, classes, labels.length, given === null ? labels : null);
    return targetLosses(numbers, lossName(spec.loss), classes, logits, targets, factors);
  }

  const labelsOf = (split: ImageSplit, samples: Uint32Array) => Uint8Array.from(samples, (sample) => split.labels[sample]!);

  /** x (N, H, W, C); `epoch` is null where nothing is augmented. */
  function gather(split: ImageSplit, samples: Uint32Array, epoch: number | null): Values {
    const bytes = new Uint8Array(samples.length * imageBytes);
    for (const [n, sample] of samples.entries()) {
      const image = split.images.subarray(sample * imageBytes, (sample + 1) * imageBytes);
      bytes.set(epoch === null ? image : augmentImage(augment, seed, { channels, height, width }, image, sample, epoch), n * imageBytes);
    }
    return pixelValues(numbers, channels, pixelTable, bytes);
  }

  return {
    backend: 'reference',
    trainStep({ samples, epoch, step, learningRate, targets }): StepResults {
      const given = stepTargets(spec.givenTargets, samples.length, network.classes, targets);
      const batches = batchesOf(samples, spec.batch);
      const accumulated = createAccumulation(numbers, samples.length);
      const results = { losses: new Float32Array(samples.length), predictions: new Uint32Array(samples.length) };
      let first = 0;
      for (const batch of batches) {
        const own = given?.subarray(first * network.classes, (first + batch.length) * network.classes) ?? null;
        const pass: Pass = { batch: batch.length, samples: batch, epoch, training: true, statistics: 'batch' };
        const logits = model.forward(gather(spec.train, batch, epoch), pass);
        const { losses, predictions, dlogits } = lossesOf(logits, labelsOf(spec.train, batch), own);
        model.backward(dlogits, pass);
        if (batches.length > 1) accumulated.add(model.learned.gradients, batch.length);
        results.losses.set(losses, first);
        results.predictions.set(predictions, first);
        first += batch.length;
      }
      for (const [name, sum] of accumulated.sums) model.learned.gradients.set(name, sum);
      const squaredGradients = model.squaredGradients();
      const clipped = clipGradient(numbers, spec.clip, squaredGradients);
      for (const [name, parameter] of model.learned.parameters) {
        optimizer.step(name, parameter, clipped(model.learned.gradients.get(name)!), learningRate, step);
        if (spec.ema === undefined) continue;
        const slot = `${name}/${EMA_SLOT}`;
        optimizer.slots.set(slot, averageAfter(numbers, spec.ema.decay, parameter, optimizer.slots.get(slot) ?? null));
      }
      return { ...results, squaredGradients };
    },
    evaluate({ part, samples, statistics, augment: wanted }) {
      const split = spec[part];
      const pass: Pass = { batch: samples.length, samples, epoch: 0, training: false, statistics };
      outputs = model.outputs(gather(split, samples, wanted?.epoch ?? null), pass);
      const { losses, predictions } = lossesOf(outputs.at(-1)!, labelsOf(split, samples), null);
      return { losses: Float32Array.from(losses), predictions };
    },
    readOutputs(layer) {
      const values = outputs[network.layers.findIndex(({ name }) => name === layer)];
      return values === undefined ? null : Float32Array.from(values);
    },
    readState: () => readState(model.learned, optimizer.slots),
    writeState(state) {
      const keeps = (slot: string) => optimizer.keeps(slot) || (spec.ema !== undefined && slot.endsWith(`/${EMA_SLOT}`));
      writeState(state, model.learned, optimizer.slots, keeps, (values) => {
        const copy = numbers.allocate(values.length);
        copy.set(values);
        return copy;
      });
    },
    readGradients: () => copyValues(model.learned.gradients),
    swapAverages() {
      for (const [name, parameter] of model.learned.parameters) {
        const average = optimizer.slots.get(`${name}/${EMA_SLOT}`);
        if (average === undefined) return;
        const own = parameter.slice();
        parameter.set(average);
        average.set(own);
      }
    },
    dispose() {},
  };
}
