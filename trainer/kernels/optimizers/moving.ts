// How packed parameters move: a rule bound to the arena, its constants, and its kernels.
import type { Parameter } from '../../network.ts';
import { type Assignment, assign } from '../../optimizers/assign.ts';
import type { Optimizer, Rule } from '../../optimizers/index.ts';
import type { Muon } from '../../optimizers/muon.ts';
import type { PackedParameter, Packing } from '../parameters.ts';
import { BLOCK_BYTES } from '../plane.ts';
import { adagradRule } from './adagrad.ts';
import { adamRule } from './adam.ts';
import { lionRule } from './lion.ts';
import { muonConstants, muonMomentum, muonMove } from './muon.ts';
import { type OrthogonalMatrix, planOrthogonal, type Workshop } from './orthogonalize.ts';
import { rmspropRule } from './rmsprop.ts';
import { type KernelRule, overRows, type Passage, passageName, type RuleStep } from './rule.ts';
import { sgdRule } from './sgd.ts';

/** What moves one parameter. */
export interface Moving {
  readonly slots: readonly string[];
  /** What a slot holds before the first step. */
  readonly empty: number;
  /** Whether slots are part of the state before the first step. */
  readonly slotsFromStart: boolean;
  /** Writes the constants of a step; `learningRate` is the optimizer's. */
  setConstants(step: RuleStep): void;
  /** Takes a block of the gradient; `place` is that of its squares, or of the factor that scales it. */
  take(packed: PackedParameter, block: number, place: number): void;
  /** What is left to do once all blocks are taken; otherwise they have moved by then. */
  readonly orthogonal: Orthogonal | null;
}

export interface Orthogonal {
  settings: Muon;
  matrix: OrthogonalMatrix;
  /** Of the matrix before the iteration, lanes a block. */
  squares: number;
  move(packed: PackedParameter, block: number): void;
}

/** What moves `parameter`; `network` are all parameters in order. */
export function planMoving(
  workshop: Workshop,
  optimizer: Optimizer,
  passage: Passage,
  parameter: Parameter,
  network: readonly Parameter[],
  packing: Packing,
): Moving {
  const assignment = assign(optimizer, parameter, network);
  const { rule } = assignment;
  return rule.type === 'muon'
    ? orthogonalMoving(workshop, { ...assignment, rule }, passage, packing)
    : elementwise(workshop, ruleOf(rule), assignment, passage);
}

function ruleOf(rule: Exclude<Rule, Muon>): KernelRule {
  switch (rule.type) {
    case 'sgd':
      return sgdRule(rule);
    case 'adam':
    case 'adamW':
      return adamRule(rule);
    case 'rmsprop':
      return rmspropRule(rule);
    case 'adagrad':
      return adagradRule(rule);
    case 'lion':
      return lionRule(rule);
  }
}

/** Most constants of a rule. */
const CONSTANTS = 16;

function elementwise({ arena, kernels }: Workshop, rule: KernelRule, { rate }: Assignment, passage: Passage): Moving {
  const { slots, empty, slotsFromStart } = rule;
  const constants = arena.shared(4 * CONSTANTS);
  const kernel = kernels.add(`optimizer/${rule.code}/${passageName(passage)}`, 5 + slots.length, overRows(rule, passage));
  return {
    slots,
    empty,
    slotsFromStart,
    orthogonal: null,
    setConstants: (step) => arena.views.floats.set(rule.constants({ ...step, learningRate: rate(step.learningRate) }), constants / 4),
    take(packed, block, place) {
      const { offset, rows } = packed.packing.blocks[block]!;
      const own = packed.slots.map((slot) => slot + offset);
      kernel.run(packed.gradient + offset, packed.address + offset, constants, rows, place, ...own);
    },
  };
}

function orthogonalMoving(
  workshop: Workshop,
  { rule, rate }: Assignment & { rule: Muon },
  passage: Passage,
  { rows, columns, blocks }: Packing,
): Moving {
  const { arena, kernels } = workshop;
  const constants = arena.shared(4 * CONSTANTS);
  const squares = arena.shared(blocks.length * BLOCK_BYTES);
  const matrix = planOrthogonal(workshop, rule, rows, columns);
  const { rowBytes } = matrix;
  const code = `optimizer/muon/${rule.nesterov ? 'nesterov' : 'momentum'}/${rowBytes}/${passageName(passage)}`;
  const momentum = kernels.add(code, 7, muonMomentum(rule, rowBytes, passage));
  const move = kernels.add(`optimizer/muon/move/${rowBytes}`, 4, muonMove(rowBytes));
  const placeOf = (start: number, block: number) => start + blocks[block]!.row * rowBytes + blocks[block]!.column * 4;
  return {
    slots: ['momentum'],
    empty: 0,
    slotsFromStart: true,
    setConstants: (step) =>
      arena.views.floats.set(muonConstants(rule, rows, columns, { ...step, learningRate: rate(step.learningRate) }), constants / 4),
    take(packed, block, place) {
      const { offset, rows: height } = blocks[block]!;
      const to = placeOf(matrix.before, block);
      momentum.run(packed.gradient + offset, to, constants, height, place, packed.slots[0]! + offset, squares + block * BLOCK_BYTES);
    },
    orthogonal: {
      settings: rule,
      matrix,
      squares,
      move(packed, block) {
        const { offset, rows: height } = blocks[block]!;
        move.run(packed.address + offset, placeOf(matrix.after, block), constants, height);
      },
    },
  };
}
