// linear in the plan: forward and input gradient over ranges of samples; the weight gradient at the end of the step, a block of weights at a
// time, moved by the optimizer while it is in cache.
import type { ResolvedLayer, Shape } from '../../network.ts';
import type { Layer } from '../../recipe.ts';
import { inputBlocks, type LinearShape, linearBiasGradient, linearForward, linearInputGradient, linearWeightGradient } from '../linear.ts';
import { packLinear, packVector } from '../parameters.ts';
import { BLOCK_BYTES, type Plane } from '../plane.ts';
import { single, type Task, type Values } from '../work.ts';
import { batchOf, gradientsOf, type Site, type Unit } from './unit.ts';

type Linear = Extract<Layer, { kind: 'linear' }>;

/** `maps` are those in whose storage order the input stands; canonical order is channel, row, column (docs/numerics.md). */
export function linearUnit(site: Site, resolved: ResolvedLayer, layer: Linear, maps: Shape, input: Values, outputPlane: Plane): Unit {
  const { arena, kernels, target } = site;
  const { name } = layer;
  const [channels, height, width] = maps;
  const inputs = channels * height * width;
  const outputs = outputPlane.channels;
  const output = batchOf(site, outputPlane);
  const dy = gradientsOf(site, output);
  const canonicalInput = (place: number) => (place % channels) * height * width + Math.floor(place / channels);
  const weight = site.parameter(resolved.parameters[0]!, packLinear(outputs, inputs, canonicalInput));
  const bias = layer.bias ? site.parameter(resolved.parameters[1]!, packVector(outputs)) : null;

  const shape: LinearShape = {
    inputs,
    outputs,
    inputBytes: input.plane.sampleBytes,
    outputBytes: outputPlane.sampleBytes,
    bias: layer.bias,
  };
  const backShape: LinearShape = { ...shape, outputBytes: dy.plane.sampleBytes };
  const forward = kernels.add(`${name}/forward`, 5, linearForward(shape, target.rows));
  const gradients = new Map(
    inputBlocks(inputs).map(({ rows }) => [
      rows,
      kernels.add(`${name}/weightGradient/${rows}`, 4, linearWeightGradient(backShape, rows, target.rows)),
    ]),
  );
  const biasGradient = bias && kernels.add(`${name}/biasGradient`, 3, linearBiasGradient(backShape));
  const turned = arena.scratch((outputs + 16) * BLOCK_BYTES);

  return {
    name,
    output,
    forward: () => [
      {
        kind: 'range',
        name: `${name} forward`,
        run: (first, end) => forward.run(input.at(first), weight.address, bias?.address ?? 0, output.at(first), end - first),
      },
    ],
    backward(supply) {
      const works = supply.into(dy);
      return {
        direct: false,
        into(place) {
          if (place === null) return works;
          const toInput = kernels.add(
            `${name}/inputGradient`,
            5,
            linearInputGradient({ ...backShape, inputBytes: place.plane.sampleBytes }, target.rows),
          );
          return [
            ...works,
            {
              kind: 'range',
              name: `${name} input gradient`,
              run: (first, end) => toInput.run(dy.at(first), weight.address, place.at(first), end - first, turned),
            },
          ];
        },
      };
    },
    prepare: () => [],
    update() {
      const { blocks } = weight.packing;
      const tasks: Task[] = [
        {
          kind: 'task',
          name: `${name} weights`,
          chunks: () => blocks.length,
          run(chunk, { batch }) {
            const { row, column, rows, offset } = blocks[chunk]!;
            gradients.get(rows)!.run(input.at(0) + row * 4, dy.at(0) + column * 4, weight.gradient + offset, batch);
            weight.update(chunk);
          },
        },
      ];
      if (bias) {
        const updateBias = single(`${name} bias`, ({ batch }) => {
          biasGradient?.run(dy.at(0), bias.gradient, batch);
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
