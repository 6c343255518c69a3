// conv2d in the plan. Forward is one pass a sample. Backward goes a sample at a time too: the gradient of the output is brought into a
// plane with a rim, and bias, weight and input gradient are taken from it while it is in cache.

import { type Axis, axesOf } from '../../layers/axis.ts';
import { groupsOf } from '../../layers/conv2d.ts';
import type { ResolvedLayer } from '../../network.ts';
import { weightGroups } from '../../numbers/groups.ts';
import type { Layer } from '../../recipe.ts';
import { sumSamples } from '../batchNorm.ts';
import type { ConvolutionShape } from '../convolution.ts';
import { gradientRim } from '../convolutionInputGradient.ts';
import { copyPlane } from '../copy.ts';
import type { Kernel } from '../emit/kernels.ts';
import { foldGroups } from '../foldGroups.ts';
import { packVector } from '../parameters.ts';
import { pixelTotals } from '../pixelSums.ts';
import { BLOCK, NO_RIM, type Plane, padded, planeOf, type Rim } from '../plane.ts';
import { type GroupWork, lightly, type SampleWork, single, type Task, type Values, type Work } from '../work.ts';
import { contractionPasses, type InputGradientPass } from './convolutionPasses.ts';
import { lanePasses } from './lanePasses.ts';
import { mirroredInput } from './mirrored.ts';
import { batchOf, gradientsOf, type Site, type Supply, scratchOf, type Totals, type Unit } from './unit.ts';

type Conv2d = Extract<Layer, { kind: 'conv2d' }>;

const rimOf = ([down, across]: readonly [Axis, Axis]): Rim => ({
  top: down.before,
  bottom: down.after,
  left: across.before,
  right: across.after,
});

/** The zeros that a convolution reads around its input. Mirrored padding is made in a plane of its own. */
export function inputRim(layer: Conv2d): Rim {
  return layer.paddingMode === 'reflect' ? NO_RIM : rimOf(axesOf(layer));
}

export function convolutionUnit(site: Site, resolved: ResolvedLayer, layer: Conv2d, input: Values, outputPlane: Plane): Unit {
  const { arena, kernels } = site;
  const { name } = layer;
  const output = batchOf(site, outputPlane);
  const axes = axesOf(layer);
  const mirrored = layer.paddingMode === 'reflect' ? mirroredInput(site, name, input, rimOf(axes)) : null;
  const [down, across] = mirrored ? (axes.map((axis) => ({ ...axis, before: 0, after: 0 })) as [Axis, Axis]) : axes;
  const shape: ConvolutionShape = { input: mirrored?.plane ?? input.plane, output: outputPlane, down, across, bias: layer.bias };
  const { channels: inputs } = input.plane;
  const { channels: outputs } = outputPlane;
  const groups = groupsOf(layer, inputs);
  const contracts = groups === 1 || Math.min(inputs, outputs) / groups >= BLOCK;
  const passes = (contracts ? contractionPasses : lanePasses)(site, { name, shape, groups });
  const weight = site.parameter(resolved.parameters[0]!, passes.packing);
  const bias = layer.bias ? site.parameter(resolved.parameters[1]!, packVector(outputs)) : null;
  const forward = passes.forward(weight, bias);
  const source = mirrored ? mirrored.fill : input.at;

  const sampleGroups = weightGroups(weight.parameter.count);
  const partialBytes = weight.packing.bytes;
  const partials = arena.shared(sampleGroups * partialBytes);
  const fold = kernels.add(`fold/${sampleGroups}`, 4, foldGroups(sampleGroups));
  const biasRow = padded(outputs);
  const biasSums = arena.shared(site.batch * biasRow * 4);
  const biasSumsOf = (sample: number) => biasSums + sample * biasRow * 4;
  let toInput: InputGradientPass | null = null;

  function backwardWork(
    bring: SampleWork,
    dy: Values,
    inputGradient: Values | null,
    addend: Values | null,
    totals: Kernel | null,
  ): GroupWork {
    const weightGradient = passes.weightGradient(dy.plane);
    // A mirrored plane's gradient is folded into the place by a pass of its own.
    const place = inputGradient && (mirrored?.gradientInto(inputGradient, addend) ?? { values: inputGradient, finish: null });
    const added = mirrored ? null : addend;
    if (place) toInput = passes.inputGradient(weight, { dy: dy.plane, dx: place.values.plane, addend: added?.plane ?? null });
    return {
      kind: 'group',
      name: `${name} backward`,
      groups: sampleGroups,
      begin(group) {
        const at = (partials + group * partialBytes) / 4;
        arena.views.floats.fill(0, at, at + partialBytes / 4);
      },
      run(sample, step, group) {
        bring.run(sample, step);
        const gradient = dy.at(sample);
        totals?.run(gradient, biasSumsOf(sample));
        weightGradient(source(sample), gradient, partials + group * partialBytes);
        if (!place) return;
        toInput!.run(gradient, place.values.at(sample), added?.at(sample) ?? 0);
        place.finish?.(sample);
      },
    };
  }

  return {
    name,
    output,
    forward: () => [{ kind: 'sample', name: `${name} forward`, light: false, run: (sample) => forward(source(sample), output.at(sample)) }],
    backward(supply, wanted) {
      const dy = scratchOf(site, planeOf([outputs, outputPlane.height, outputPlane.width], wanted ? gradientRim(shape) : NO_RIM));
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
    prepare: () => toInput?.prepare() ?? [],
    update() {
      const tasks: Task[] = [
        {
          kind: 'task',
          name: `${name} weights`,
          chunks: () => weight.packing.blocks.length,
          run(block) {
            const { offset, rows } = weight.packing.blocks[block]!;
            fold.run(partials + offset, weight.gradient + offset, rows, partialBytes);
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
    ...(passes.start && { start: passes.start }),
  };
}

/** Works that bring the gradient into one plane of scratch, the last of them light; by way of the arena where the supply is not direct. */
function bringInto(site: Site, name: string, supply: Supply, dy: Values, output: Values, totals?: Totals): Work[] {
  if (supply.direct) return supply.into(dy, { totals });
  const gradients = gradientsOf(site, output);
  const copy = site.kernels.add(`${name}/bring`, 2, copyPlane(gradients.plane, dy.plane));
  return [...supply.into(gradients), lightly(`${name} bring`, (sample) => copy.run(gradients.at(sample), dy.at(sample)))];
}
