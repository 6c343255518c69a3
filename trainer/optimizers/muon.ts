// Muon (Keller Jordan, 2024): torch.optim.Muon for matrices, a filter's weights being one row. What it is not made for goes to AdamW: vectors,
// weights of convolutions with groups, and the last linear layer unless told otherwise.
import * as z from 'zod';
import { isFilter, type Parameter } from '../network.ts';
import { leaveOut } from '../recipe/leaveOut.ts';
import { flag, numberAbove, numberFrom, shareBelowOne } from '../recipe/values.ts';
import { adamWSettings } from './adamW.ts';
import { type OptimizerFamily, perParameter, perParameterDefaults } from './optimizer.ts';

const coefficientsTake = 'three numbers in a list';
const stepsTake = 'an integer from 1 to 99';

const schema = z
  .strictObject({
    type: z.literal('muon'),
    lr: numberAbove(0).default(0.001),
    momentum: shareBelowOne().default(0.95),
    nesterov: flag().default(true),
    /** Of X, (X Xᵀ) X and (X Xᵀ)² X in a step of the Newton-Schulz iteration. */
    nsCoefficients: z
      .tuple([z.number(coefficientsTake), z.number(coefficientsTake), z.number(coefficientsTake)], coefficientsTake)
      .default([3.4445, -4.775, 2.0315]),
    nsSteps: z.int(stepsTake).min(1, stepsTake).max(99, stepsTake).default(5),
    /** Least norm that a matrix is divided by. */
    eps: numberAbove(0).default(1e-7),
    /** How the rate follows the shape of a matrix: by √max(1, rows/columns), or by 0.2·√max(rows, columns), which gives steps of AdamW's size. */
    adjustLrFn: z.enum(['original', 'matchRmsAdamw']).default('original'),
    weightDecay: numberFrom(0).default(0.1),
    /** Which rule moves the weights of the last linear layer. */
    lastLinear: z.enum(['adamW', 'muon']).default('adamW'),
    adamW: z.strictObject(adamWSettings, `settings in braces: ${Object.keys(adamWSettings).join(', ')}`).prefault({}),
    ...perParameter,
  })
  .transform(leaveOut(perParameterDefaults));

export type Muon = z.infer<typeof schema>;

/** A matrix in canonical shape: (out, in) or (out, in, kernel, kernel). */
/** Groups of a convolution are matrices of their own, often tiny: nothing to orthogonalise. */
const isMatrix = (parameter: Parameter) => isFilter(parameter) && (parameter.groups ?? 1) === 1;

export const muon: OptimizerFamily<Muon> = {
  schema,
  ruleFor(optimizer, parameter, network) {
    const lastLinear = network.findLast(({ shape }) => shape.length === 2);
    const orthogonal = isMatrix(parameter) && (optimizer.lastLinear === 'muon' || parameter !== lastLinear);
    return orthogonal ? optimizer : { type: 'adamW', ...optimizer.adamW };
  },
};

/** How much larger than the rate the step of a matrix is: `rows` outputs with `columns` weights each. */
export function rateFactor({ adjustLrFn }: Muon, rows: number, columns: number): number {
  return adjustLrFn === 'original' ? Math.sqrt(Math.max(1, rows / columns)) : 0.2 * Math.sqrt(Math.max(rows, columns));
}
