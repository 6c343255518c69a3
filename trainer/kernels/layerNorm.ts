// Layer norm of one sample: (x − mean)·1/std, then a factor and an addend for each element, and the way back. Statistics are made in between
// (groupNorm.ts). Factors and addends lie as [channels/16][pixels][16].
import type { Emitter, Lanes, Pointer } from './emit/emitter.ts';
import type { KernelBody } from './emit/kernels.ts';
import { overPixels, WIDTH, WIDTH_BYTES } from './pixelSums.ts';
import { BLOCK, BLOCK_BYTES, blocksOf, type Plane, padded } from './plane.ts';

/** Floats a sample: mean, 1/std, and of the way back what multiplies x − mean, and what is added. */
export const LAYER_CONSTANTS = ['mean', 'inverseStd', 'ofCentred', 'addend'] as const;
const offsetOf = (key: (typeof LAYER_CONSTANTS)[number]) => 4 * LAYER_CONSTANTS.indexOf(key);

/** One constant of a sample in all lanes, for as long as the kernel runs. */
function splat(e: Emitter, constants: Pointer, key: (typeof LAYER_CONSTANTS)[number], width: typeof WIDTH | typeof BLOCK): Lanes {
  const lanes = e.lanes(width);
  e.splat(lanes, constants, offsetOf(key));
  return lanes;
}

/** Which of the parameters there are. */
export interface LayerAffine {
  weight: boolean;
  bias: boolean;
}

/** Kernel (x, y, gamma, beta, constants) for one sample. */
export function layerNormForward(x: Plane, y: Plane, { weight, bias }: LayerAffine): KernelBody {
  return (e, from, to, gamma, beta, constants) => {
    const [mean, inverse] = [splat(e, constants, 'mean', BLOCK), splat(e, constants, 'inverseStd', BLOCK)];
    const [value, factor, addend] = [e.lanes(BLOCK), e.uniform(BLOCK, 1), e.uniform(BLOCK, 0)];
    const [ownFactor, ownAddend] = [e.lanes(BLOCK), e.lanes(BLOCK)];
    e.step(from, x.origin);
    e.step(to, y.origin);
    e.loop(blocksOf(x.channels), () => {
      const rows = [e.pointer(from), e.pointer(to)] as const;
      e.loop(x.height, () => {
        const [fromAt, toAt] = [e.pointer(rows[0]), e.pointer(rows[1])];
        e.loop(x.width, () => {
          e.load(value, fromAt, 0);
          e.subtract(value, value, mean);
          e.times(value, value, inverse);
          if (weight) e.load(ownFactor, gamma, 0);
          if (bias) e.load(ownAddend, beta, 0);
          e.madd(value, value, weight ? ownFactor : factor, bias ? ownAddend : addend);
          e.store(toAt, 0, value);
          e.step(fromAt, x.pixelBytes);
          e.step(toAt, y.pixelBytes);
          e.step(gamma, BLOCK_BYTES);
          e.step(beta, BLOCK_BYTES);
        });
        e.step(rows[0], x.rowBytes);
        e.step(rows[1], y.rowBytes);
      });
      e.step(from, BLOCK_BYTES);
      e.step(to, BLOCK_BYTES);
    });
  };
}

/** Where the factors of half a block of channels lie, as a plane. */
function factorPlane({ channels, height, width }: Plane): Plane {
  const rowBytes = width * BLOCK_BYTES;
  const bytes = height * rowBytes;
  return { channels, height, width, pixelBytes: BLOCK_BYTES, rowBytes, origin: 0, bytes, sampleBytes: bytes, contiguous: true };
}

/**
 * Kernel (x, g, gamma, constants, result) for one sample. `sums`: result is the sums by channel of g·gamma and of g·gamma·(x − mean), rows of
 * padded channels. `gradient`: result is a plane, the gradient of x.
 */
export function layerNormGradient(
  x: Plane,
  gradient: Plane,
  result: Plane,
  { weight }: LayerAffine,
  form: 'sums' | 'gradient',
): KernelBody {
  const channelBytes = padded(x.channels) * 4;
  const sums = form === 'sums';
  return (e, xAt, gAt, gamma, constants, to) => {
    const mean = splat(e, constants, 'mean', WIDTH);
    const [inverse, ofCentred, addend] = [
      splat(e, constants, 'inverseStd', WIDTH),
      splat(e, constants, 'ofCentred', WIDTH),
      splat(e, constants, 'addend', WIDTH),
    ];
    const [arriving, centred, factor] = [e.lanes(WIDTH), e.lanes(WIDTH), e.lanes(WIDTH)];
    e.step(xAt, x.origin);
    e.step(gAt, gradient.origin);
    if (!sums) e.step(to, result.origin);
    e.loop(channelBytes / BLOCK_BYTES, () => {
      e.loop(BLOCK_BYTES / WIDTH_BYTES, () => {
        overPixels(e, {
          size: x,
          walked: [
            { pointer: xAt, plane: x, window: 1 },
            { pointer: gAt, plane: gradient, window: 1 },
            ...(weight ? [{ pointer: gamma, plane: factorPlane(x), window: 1 }] : []),
            ...(sums ? [] : [{ pointer: to, plane: result, window: 1 }]),
          ],
          sums: sums ? 2 : 0,
          pixel([xPixel, gPixel, ...beside], _place, partials) {
            e.load(arriving, gPixel!, 0);
            if (weight) {
              e.load(factor, beside[0]!, 0);
              e.times(arriving, arriving, factor);
            }
            e.load(centred, xPixel!, 0);
            e.subtract(centred, centred, mean);
            if (sums) {
              e.add(partials[0]!, partials[0]!, arriving);
              e.madd(partials[1]!, arriving, centred, partials[1]!);
              return;
            }
            e.madd(arriving, arriving, inverse, addend);
            e.madd(arriving, centred, ofCentred, arriving);
            e.store(beside.at(-1)!, 0, arriving);
          },
          finish(folded) {
            folded.forEach((sum, i) => {
              e.store(to, i * channelBytes, sum);
            });
          },
        });
        for (const pointer of [xAt, gAt, gamma, to]) e.step(pointer, WIDTH_BYTES);
      });
      e.step(gamma, (x.height * x.width - 1) * BLOCK_BYTES);
    });
  };
}

/**
 * Kernel (x, g, constants, gradient of gamma, of beta, samples) for one block of channels of the whole batch: a chain over samples for each
 * element. `constantBytes` lie between the constants of two samples.
 */
export function layerNormWeights(x: Plane, gradient: Plane, constantBytes: number, { bias }: LayerAffine): KernelBody {
  return (e, xAt, gAt, constants, dgamma, dbeta, samples) => {
    const [value, arriving, constant] = [e.lanes(BLOCK), e.lanes(BLOCK), e.lanes(BLOCK)];
    const [product, sum] = [e.lanes(BLOCK), e.lanes(BLOCK)];
    e.step(xAt, x.origin);
    e.step(gAt, gradient.origin);
    e.loop(x.height, () => {
      const [xPixel, gPixel] = [e.pointer(xAt), e.pointer(gAt)];
      e.loop(x.width, () => {
        const [from, arrivingAt, own] = [e.pointer(xPixel), e.pointer(gPixel), e.pointer(constants)];
        e.zero(product);
        e.zero(sum);
        e.loop(samples, () => {
          e.load(value, from, 0);
          e.splat(constant, own, offsetOf('mean'));
          e.subtract(value, value, constant);
          e.splat(constant, own, offsetOf('inverseStd'));
          e.times(value, value, constant);
          e.load(arriving, arrivingAt, 0);
          e.madd(product, arriving, value, product);
          e.add(sum, sum, arriving);
          e.step(from, x.sampleBytes);
          e.step(arrivingAt, gradient.sampleBytes);
          e.step(own, constantBytes);
        });
        e.store(dgamma, 0, product);
        if (bias) e.store(dbeta, 0, sum);
        e.step(dgamma, BLOCK_BYTES);
        e.step(dbeta, BLOCK_BYTES);
        e.step(xPixel, x.pixelBytes);
        e.step(gPixel, gradient.pixelBytes);
      });
      e.step(xAt, x.rowBytes);
      e.step(gAt, gradient.rowBytes);
    });
  };
}
