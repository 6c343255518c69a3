// The three passes of a convolution by the contraction generator, a group of channels after another. How they become works of a step, and
// what happens before and after, is the unit's business (convolution.ts).
import { type ConvolutionShape, convolutionForward, terms } from '../convolution.ts';
import { convolutionInputGradient, packedBlocks, planePhases, turnBlocks } from '../convolutionInputGradient.ts';
import { convolutionWeightGradient } from '../convolutionWeightGradient.ts';
import { type PackedParameter, type Packing, packConvolution } from '../parameters.ts';
import { BLOCK, BLOCK_BYTES, blocksOf, groupPlane, type Plane } from '../plane.ts';
import { storeScratch } from '../store.ts';
import { single, type Task } from '../work.ts';
import type { Site } from './unit.ts';

/** One convolution: its planes whole, and the groups its channels fall into. */
export interface GroupedShape {
  name: string;
  shape: ConvolutionShape;
  groups: number;
}

/** One sample's pass from addresses to addresses. */
export interface ConvolutionPasses {
  packing: Packing;
  forward(weight: PackedParameter, bias: PackedParameter | null): (x: number, y: number) => void;
  /** Continues the sums at `sums`, which lie as the weights do. */
  weightGradient(dy: Plane): (x: number, dy: number, sums: number) => void;
  /** Writes dx, after adding `addend` where there is one. */
  inputGradient(weight: PackedParameter, planes: { dy: Plane; dx: Plane; addend: Plane | null }): InputGradientPass;
  /** Once, before the first step. */
  start?(): void;
}

export interface InputGradientPass {
  run(dy: number, dx: number, addend: number): void;
  /** At the start of a step: the weights as this pass wants them. */
  prepare(): Task[];
}

/** For one group, or groups of at least 16 channels both ways; weights packed group by group. */
export function contractionPasses(site: Site, { name, shape: whole, groups }: GroupedShape): ConvolutionPasses {
  const { arena, kernels, target } = site;
  const shape: ConvolutionShape = { ...whole, input: groupPlane(whole.input, groups), output: groupPlane(whole.output, groups) };
  const [inputs, outputs] = [shape.input.channels, shape.output.channels];
  const taps = shape.down.kernel * shape.across.kernel;
  const groupBytes = terms(shape) * blocksOf(outputs) * BLOCK_BYTES;
  const scratch = arena.scratch(storeScratch(target.rows));

  /** Calls `run` with each group's distance from the first: of inputs, of outputs, of weights, and its number. */
  function eachGroup(run: (input: number, output: number, weight: number, group: number) => void): void {
    for (let group = 0; group < groups; group++) run(group * inputs * 4, group * outputs * 4, group * groupBytes, group);
  }

  return {
    packing: packConvolution(whole.output.channels, inputs, taps, groups),
    forward(weight, bias) {
      const forward = kernels.add(`${name}/forward`, 5, convolutionForward(shape, target.rows));
      return (x, y) =>
        eachGroup((input, output, at) => forward.run(x + input, weight.address + at, (bias?.address ?? 0) + output, y + output, scratch));
    },
    weightGradient(dyPlane) {
      const body = convolutionWeightGradient(shape, groupPlane(dyPlane, groups), target.rows);
      const kernel = kernels.add(`${name}/weightGradient`, 3, body);
      return (x, dy, sums) => eachGroup((input, output, at) => kernel.run(x + input, dy + output, sums + at));
    },
    inputGradient(weight, { dy: dyPlane, dx: dxPlane, addend: addendPlane }) {
      const [dyGroup, dxGroup] = [groupPlane(dyPlane, groups), groupPlane(dxPlane, groups)];
      const planes = { dy: dyGroup, dx: dxGroup, addend: addendPlane && groupPlane(addendPlane, groups) };
      const kernel = kernels.add(`${name}/inputGradient`, 5, convolutionInputGradient(shape, planes, target.rows));
      const turn = kernels.add('turnBlocks', 5, turnBlocks);
      const turnedBytes = packedBlocks(shape) * BLOCK_BYTES;
      const turned = arena.shared(groups * turnedBytes + BLOCK * BLOCK_BYTES);
      const turns = turnsOf(shape);
      return {
        run: (dy, dx, addend) =>
          eachGroup((input, output, _, group) =>
            kernel.run(dy + output, turned + group * turnedBytes, dx + input, addend + input, scratch),
          ),
        prepare: () => [
          single(`${name} turn weights`, () =>
            eachGroup((_input, _output, at, group) => {
              // In this order: where outputs do not fill a block, the next tap overwrites what ran over.
              for (const { from, to } of turns) {
                const [source, target] = [weight.address + at + from, turned + group * turnedBytes + to];
                turn.run(source, target, blocksOf(outputs), terms(shape) * BLOCK_BYTES, BLOCK * BLOCK_BYTES);
              }
            }),
          ),
        ],
      };
    },
  };
}

/** What brings one group's weights to outputs as rows, in the order of the input gradient's chains: bytes from and to, ascending. */
function turnsOf(shape: ConvolutionShape): { from: number; to: number }[] {
  const [inputs, outputs] = [shape.input.channels, shape.output.channels];
  return planePhases(shape).flatMap(({ rows, columns, weights }) => {
    const taps = rows.taps.flatMap((row) => columns.taps.map((column) => row * shape.across.kernel + column));
    return Array.from({ length: blocksOf(inputs) }, (_, block) =>
      taps.map((tap, i) => ({
        from: (tap * inputs + block * BLOCK) * BLOCK_BYTES,
        to: (weights + (block * taps.length + i) * outputs) * BLOCK_BYTES,
      })),
    ).flat();
  });
}
