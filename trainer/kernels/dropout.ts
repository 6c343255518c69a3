// Dropout: a mask of factors drawn by original sample index, epoch and element, then one product a value. Philox4x32-10 runs four counters
// side by side; its words are those of trainer/random/, whose tests hold the published vectors.
import type { Emitter, Lanes } from './emit/emitter.ts';
import type { KernelBody } from './emit/kernels.ts';
import { BLOCK, BLOCK_BYTES, blocksOf, type Plane } from './plane.ts';

const MULTIPLIER_0 = 0xd2511f53;
const MULTIPLIER_1 = 0xcd9e8d57;
const WEYL_0 = 0x9e3779b9;
const WEYL_1 = 0xbb67ae85;
const ROUNDS = 10;

/** Kernel (key 0, key 1, sample, epoch, factors, groups of 16 elements): 1/(1 − p) where an element is kept, +0 where not. */
export function dropoutFactors(p: number): KernelBody {
  const keepFrom = Math.floor(p * 4294967296);
  const factor = Math.fround(1 / (1 - p));
  return (e, key0, key1, sample, epoch, factors, groups) => {
    const four = () => e.lanes(4);
    const counter = [four(), four(), four(), four()] as const;
    const [block, low0, high0, low1, high1, k0, k1] = Array.from({ length: 7 }, four) as [Lanes, Lanes, Lanes, Lanes, Lanes, Lanes, Lanes];
    const constant = (word: number) => {
      const lanes = four();
      e.words(lanes, [word]);
      return lanes;
    };
    const [multiplier0, multiplier1, weyl0, weyl1, threshold, next] = [MULTIPLIER_0, MULTIPLIER_1, WEYL_0, WEYL_1, keepFrom, 4].map(
      constant,
    ) as Six;
    const kept = four();
    e.constant(kept, factor);
    e.words(block, [0, 1, 2, 3]);
    e.loop(groups, () => {
      e.copy(counter[0], block);
      e.splatWord(counter[1], sample);
      e.splatWord(counter[2], epoch);
      e.words(counter[3], [0]);
      e.splatWord(k0, key0);
      e.splatWord(k1, key1);
      e.loop(ROUNDS, () => {
        e.multiplyWords(low0, high0, counter[0], multiplier0);
        e.multiplyWords(low1, high1, counter[2], multiplier1);
        mix(e, counter[0], high1, counter[1], k0);
        mix(e, counter[2], high0, counter[3], k1);
        e.copy(counter[1], low1);
        e.copy(counter[3], low0);
        e.addWords(k0, k0, weyl0);
        e.addWords(k1, k1, weyl1);
      });
      // Lanes are blocks, registers the words of a block: turned, they stand in the order of the elements.
      e.transpose(counter);
      counter.forEach((words, i) => {
        e.atLeastWords(words, words, threshold);
        e.and(words, words, kept);
        e.store(factors, 16 * i, words);
      });
      e.addWords(block, block, next);
      e.step(factors, BLOCK_BYTES);
    });
  };
}

type Six = [Lanes, Lanes, Lanes, Lanes, Lanes, Lanes];

function mix(e: Emitter, to: Lanes, high: Lanes, word: Lanes, key: Lanes): void {
  e.xor(to, high, word);
  e.xor(to, to, key);
}

/** Kernel (x, factors, y) for one sample: y = x·factors, which have no padding between pixels; `wholeChannels` takes the same for each pixel. */
export function dropoutApply(x: Plane, y: Plane, wholeChannels: boolean): KernelBody {
  return (e, from, factors, to) => {
    const [value, factor] = [e.lanes(BLOCK), e.lanes(BLOCK)];
    e.step(from, x.origin);
    e.step(to, y.origin);
    e.loop(x.height, () => {
      const [fromAt, toAt] = [e.pointer(from), e.pointer(to)];
      e.loop(x.width, () => {
        for (let block = 0; block < blocksOf(x.channels); block++) {
          e.load(value, fromAt, block * BLOCK_BYTES);
          e.load(factor, factors, block * BLOCK_BYTES);
          e.times(value, value, factor);
          e.store(toAt, block * BLOCK_BYTES, value);
        }
        e.step(fromAt, x.pixelBytes);
        e.step(toAt, y.pixelBytes);
        if (!wholeChannels) e.step(factors, x.channels * 4);
      });
      e.step(from, x.rowBytes);
      e.step(to, y.rowBytes);
    });
  };
}
