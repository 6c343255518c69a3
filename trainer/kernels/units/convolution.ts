// conv2d in the plan. Forward is one kernel a sample. Backward goes a sample at a time too: the gradient of the output is brought into a
// plane with a rim, and bias, weight and input gradient are taken from it while it is in cache.
import type { ResolvedLayer } from '../../network.ts';
import { weightGroups } from '../../numbers/groups.ts';
import type { Layer } from '../../recipe.ts';
import { sumSamples } from '../batchNorm.ts';
import { type ConvolutionShape, convolutionForward, terms } from '../convolution.ts';
import { convolutionInputGradient, gradientRim, packedBlocks, planePhases, turnBlocks } from '../convolutionInputGradient.ts';
import { convolutionWeightGradient } from '../convolutionWeightGradient.ts';
import { copyPlane } from '../copy.ts';
import type { Kernel } from '../emit/kernels.ts';
import { foldGroups } from '../foldGroups.ts';
import { packConvolution, packVector } from '../parameters.ts';
import { pixelTotals } from '../pixelSums.ts';
import { BLOCK, BLOCK_BYTES, blocksOf, NO_RIM, type Plane, padded, planeOf } from '../plane.ts';
import { type GroupWork, lightly, type SampleWork, single, type Task, type Values, type Work } from '../work.ts';
import { batchOf, gradientsOf, type Site, type Supply, scratchOf, type Totals, type Unit } from './unit.ts';

type Conv2d = Extract<Layer, { kind: 'conv2d' }>;

export function convolutionUnit(site: Site, resolved: ResolvedLayer, layer: Conv2d, input: Values, outputPlane: Plane): Unit {
  const { arena, kernels, target } = site;
  const { name, kernel, stride, padding } = layer;
  const output = batchOf(site, outputPlane);
  const shape: ConvolutionShape = { input: input.plane, output: outputPlane, kernel, stride, padding, bias: layer.bias };
  const { channels: inputs } = input.plane;
  const { channels: outputs } = outputPlane;
  const weight = site.parameter(resolved.parameters[0]!, packConvolution(outputs, inputs, kernel));
  const bias = layer.bias ? site.parameter(resolved.parameters[1]!, packVector(outputs)) : null;
  const forward = kernels.add(`${name}/forward`, 4, convolutionForward(shape, target.rows));

  const groups = weightGroups(weight.parameter.count);
  const blocks = terms(shape) * blocksOf(outputs);
  const groupBytes = blocks * BLOCK_BYTES;
  const partials = arena.shared(groups * groupBytes);
  const fold = kernels.add(`fold/${groups}`, 4, foldGroups(groups));
  const biasRow = padded(outputs);
  const biasSums = arena.shared(site.batch * biasRow * 4);
  const biasSumsOf = (sample: number) => biasSums + sample * biasRow * 4;
  const turn = kernels.add('turnBlocks', 5, turnBlocks);
  let turned = 0;
  let turns: { from: number; to: number }[] = [];

  /** Plans the weights with outputs as rows, in the order of the input gradient's chains. */
  function planTurns(): void {
    turned = arena.shared((packedBlocks(shape) + BLOCK) * BLOCK_BYTES);
    turns = planePhases(shape).flatMap(({ rows, columns, weights }) => {
      const taps = rows.taps.flatMap((row) => columns.taps.map((column) => row * kernel + column));
      return Array.from({ length: blocksOf(inputs) }, (_, block) =>
        taps.map((tap, i) => ({
          from: weight.address + (tap * inputs + block * BLOCK) * BLOCK_BYTES,
          to: turned + (weights + (block * taps.length + i) * outputs) * BLOCK_BYTES,
        })),
      ).flat();
    });
  }

  function backwardWork(
    bring: SampleWork,
    dy: Values,
    inputGradient: Values | null,
    addend: Values | null,
    totals: Kernel | null,
  ): GroupWork {
    const weightGradient = kernels.add(`${name}/weightGradient`, 3, convolutionWeightGradient(shape, dy.plane, target.rows));
    const planes = inputGradient && { dy: dy.plane, dx: inputGradient.plane, addend: addend?.plane ?? null };
    const toInput = planes && kernels.add(`${name}/inputGradient`, 4, convolutionInputGradient(shape, planes, target.rows));
    return {
      kind: 'group',
      name: `${name} backward`,
      groups,
      begin(group) {
        const at = (partials + group * groupBytes) / 4;
        arena.views.floats.fill(0, at, at + groupBytes / 4);
      },
      run(sample, step, group) {
        bring.run(sample, step);
        const gradient = dy.at(sample);
        totals?.run(gradient, biasSumsOf(sample));
        weightGradient.run(input.at(sample), gradient, partials + group * groupBytes);
        if (inputGradient) toInput?.run(gradient, turned, inputGradient.at(sample), addend?.at(sample) ?? 0);
      },
    };
  }

  return {
    name,
    output,
    forward: () => [
      {
        kind: 'sample',
        name: `${name} forward`,
        light: false,
        run: (sample) => forward.run(input.at(sample), weight.address, bias?.address ?? 0, output.at(sample)),
      },
    ],
    backward(supply, wanted) {
      if (wanted) planTurns();
      const rim = wanted ? gradientRim(input.plane, outputPlane, kernel, stride, padding) : NO_RIM;
      const dy = scratchOf(site, planeOf([outputs, outputPlane.height, outputPlane.width], rim));
      const summed = bias !== null && supply.direct && supply.totals === true;
      const works = bringInto(site, name, supply, dy, output, summed ? biasSumsOf : undefined);
      const totals = bias && !summed ? kernels.add(`${name}/biasGradient`, 2, pixelTotals(dy.plane)) : null;
      const bring = works.pop() as SampleWork;
      return {
        direct: false,
        adds: true,
        into: (place, { addend } = {}) => [...works, backwardWork(bring, dy, place, addend ?? null, totals)],
      };
    },
    prepare() {
      if (turns.length === 0) return [];
      const turnAll = () => {
        // In this order: where outputs do not fill a block, the next tap overwrites what ran over.
        for (const { from, to } of turns) turn.run(from, to, blocksOf(outputs), terms(shape) * BLOCK_BYTES, BLOCK * BLOCK_BYTES);
      };
      return [single(`${name} turn weights`, turnAll)];
    },
    update() {
      const tasks: Task[] = [
        {
          kind: 'task',
          name: `${name} weights`,
          chunks: () => weight.packing.blocks.length,
          run(block) {
            const { offset, rows } = weight.packing.blocks[block]!;
            fold.run(partials + offset, weight.gradient + offset, rows, groupBytes);
            weight.update(block);
          },
        },
      ];
      if (bias) {
        const sums = new Float64Array(outputs);
        const updateBias = single(`${name} bias`, ({ batch }) => {
          const { floats } = arena.views;
          sumSamples(floats.subarray(biasSums / 4), biasRow, batch, sums);
          floats.set(sums, bias.gradient / 4);
          bias.packing.blocks.forEach((_, block) => {
            bias.update(block);
          });
        });
        tasks.push(updateBias);
      }
      return tasks;
    },
  };
}

/** Works that bring the gradient into one plane of scratch, the last of them light; by way of the arena where the supply is not direct. */
function bringInto(site: Site, name: string, supply: Supply, dy: Values, output: Values, totals?: Totals): Work[] {
  if (supply.direct) return supply.into(dy, { totals });
  const gradients = gradientsOf(site, output);
  const copy = site.kernels.add(`${name}/bring`, 2, copyPlane(gradients.plane, dy.plane));
  return [...supply.into(gradients), lightly(`${name} bring`, (sample) => copy.run(gradients.at(sample), dy.at(sample)))];
}
