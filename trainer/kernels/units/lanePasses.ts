// The three passes of a depthwise convolution, or of one with groups of fewer than 16 channels (laneConvolution.ts). Where a group has more
// than one channel on either side, pixels are spread first, and weights brought into the order of the way back.
import { gradientRim } from '../convolutionInputGradient.ts';
import { type LaneShape, laneForward, laneInputGradient } from '../laneConvolution.ts';
import { asLanes, type LanePlane, spreadPlane } from '../lanePlane.ts';
import { laneWeightGradient } from '../laneWeightGradient.ts';
import { packConvolution } from '../parameters.ts';
import { BLOCK, BLOCK_BYTES, blocksOf, type Plane } from '../plane.ts';
import { spreadPixels, spreadTable } from '../spread.ts';
import { takeInOrder } from '../sum.ts';
import { single } from '../work.ts';
import type { ConvolutionPasses, GroupedShape } from './convolutionPasses.ts';
import { type Site, scratchOf } from './unit.ts';

export function lanePasses(site: Site, { name, shape: whole, groups }: GroupedShape): ConvolutionPasses {
  const { arena, kernels, target } = site;
  const { input, output, down, across, bias } = whole;
  const [inputs, outputs] = [input.channels / groups, output.channels / groups];
  const taps = down.kernel * across.kernel;
  const alone = inputs === 1 && outputs === 1;
  const packing = packConvolution(output.channels, inputs, taps);
  /** Words that stand in the arena from the start. */
  const tables: { address: number; words: Uint32Array }[] = [];
  function table(words: Uint32Array): number {
    const address = arena.shared(words.byteLength);
    tables.push({ address, words });
    return address;
  }

  /** Maps as lanes want them, and what makes them so; `channelOf` says which channel a lane sees. */
  function spread(what: string, from: Plane, to: LanePlane, channelOf: (lane: number, part: number) => number) {
    const values = scratchOf(site, to);
    const places = table(spreadTable(to, channelOf));
    const kernel = kernels.add(`${name}/${what}`, 3, spreadPixels(from, to));
    const address = values.at(0);
    return (at: number) => {
      kernel.run(at, address, places);
      return address;
    };
  }

  const rim = { top: down.before, bottom: down.after, left: across.before, right: across.after };
  const lanes = alone ? asLanes(input) : spreadPlane(input, output.channels, inputs, rim);
  const spreadInput = alone
    ? (at: number) => at
    : spread('spreadInput', input, lanes, (lane, part) => Math.floor(lane / outputs) * inputs + part);
  const shape: LaneShape = { input: lanes, output, down, across, bias };

  return {
    packing,
    forward(weight, biasVector) {
      const kernel = kernels.add(`${name}/forward`, 4, laneForward(shape, target.rows));
      return (x, y) => kernel.run(spreadInput(x), weight.address, biasVector?.address ?? 0, y);
    },
    weightGradient(dyPlane) {
      const kernel = kernels.add(`${name}/weightGradient`, 3, laneWeightGradient(shape, dyPlane, target.rows));
      return (x, dy, sums) => kernel.run(spreadInput(x), dy, sums);
    },
    inputGradient(weight, { dy: dyPlane, dx, addend }) {
      const back = alone ? asLanes(dyPlane) : spreadPlane(dyPlane, input.channels, outputs, gradientRim(whole));
      const spreadGradient = alone
        ? (at: number) => at
        : spread('spreadGradient', dyPlane, back, (lane, part) => Math.floor(lane / inputs) * outputs + part);
      const kernel = kernels.add(`${name}/inputGradient`, 4, laneInputGradient(shape, { dy: back, dx, addend }, target.rows));
      if (alone) return { run: (dy, dxAt, addendAt) => kernel.run(dy, weight.address, dxAt, addendAt), prepare: () => [] };

      const order = turnedOrder();
      const [turned, places] = [arena.shared(4 * order.length), table(order)];
      const take = kernels.add('takeInOrder', 4, takeInOrder);
      return {
        run: (dy, dxAt, addendAt) => kernel.run(spreadGradient(dy), turned, dxAt, addendAt),
        prepare: () => [single(`${name} turn weights`, () => take.run(weight.address, turned, places, order.length))],
      };
    },
    start() {
      for (const { address, words } of tables) arena.views.words.set(words, address / 4);
    },
  };

  /** Byte of each weight [in/16][taps · outputs of the group][16] within the packed ones. */
  function turnedOrder(): Uint32Array {
    const rows = taps * outputs;
    return Uint32Array.from({ length: blocksOf(input.channels) * rows * BLOCK }, (_, i) => {
      const row = Math.floor(i / BLOCK) % rows;
      const channel = Math.floor(i / (rows * BLOCK)) * BLOCK + (i % BLOCK);
      if (channel >= input.channels) return 0;
      const filter = Math.floor(channel / inputs) * outputs + (row % outputs);
      const from = Math.floor(filter / BLOCK) * taps * inputs + Math.floor(row / outputs) * inputs + (channel % inputs);
      return from * BLOCK_BYTES + 4 * (filter % BLOCK);
    });
  }
}
