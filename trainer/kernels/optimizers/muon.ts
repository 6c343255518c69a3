// muon: as a gradient comes, its momentum moves and what is to be orthogonalised goes to a matrix of its own; parameters move by what
// orthogonalize.ts makes of it.
import { type Muon, rateFactor } from '../../optimizers/muon.ts';
import type { KernelBody } from '../emit/kernels.ts';
import { BLOCK, BLOCK_BYTES } from '../plane.ts';
import { type Passage, passOn, type RuleStep, splatConstants } from './rule.ts';

/** Of a step, for a matrix of `columns` outputs with `rows` weights each: 1 − momentum, what is left of a weight, minus the rate. */
export function muonConstants(settings: Muon, rows: number, columns: number, { learningRate }: RuleStep): number[] {
  const { momentum, weightDecay } = settings;
  return [1 - momentum, 1 - learningRate * weightDecay, -(learningRate * rateFactor(settings, columns, rows))];
}

/**
 * Kernel (gradient, matrix, constants, rows, place of squares or of the factor, momentum, place of the matrix's squares) for `rows` blocks of
 * 16; rows of the matrix are `rowBytes` apart. m = madd(1 − μ, g − m, m); to the matrix goes m, with nesterov madd(1 − μ, g − m, m) again.
 */
export function muonMomentum({ nesterov }: Muon, rowBytes: number, passage: Passage): KernelBody {
  return (e, gradient, matrix, constants, rows, place, momentum, ownSquares) => {
    const [g, m, term, squared] = [e.lanes(BLOCK), e.lanes(BLOCK), e.lanes(BLOCK), e.lanes(BLOCK)];
    const [adding] = splatConstants(e, constants!, 1);
    const pass = passOn(e, place!, passage);
    e.zero(squared);
    e.loop(rows!, () => {
      e.load(g, gradient!, 0);
      pass.row(g);
      e.load(m, momentum!, 0);
      e.subtract(term, g, m);
      e.madd(m, adding!, term, m);
      e.store(momentum!, 0, m);
      if (nesterov) {
        e.subtract(term, g, m);
        e.madd(m, adding!, term, m);
      }
      e.madd(squared, m, m, squared);
      e.store(matrix!, 0, m);
      e.step(matrix!, rowBytes);
      for (const pointer of [gradient!, momentum!]) e.step(pointer, BLOCK_BYTES);
    });
    e.store(ownSquares!, 0, squared);
    pass.end();
  };
}

/** Kernel (parameter, matrix, constants, rows) for `rows` blocks of 16: p = madd(−rate, x, shrunk p). */
export function muonMove(rowBytes: number): KernelBody {
  return (e, parameter, matrix, constants, rows) => {
    const [p, x] = [e.lanes(BLOCK), e.lanes(BLOCK)];
    const [, shrinking, negativeRate] = splatConstants(e, constants!, 3);
    e.loop(rows!, () => {
      e.load(p, parameter!, 0);
      e.load(x, matrix!, 0);
      e.times(p, shrinking!, p);
      e.madd(p, negativeRate!, x, p);
      e.store(parameter!, 0, p);
      e.step(parameter!, BLOCK_BYTES);
      e.step(matrix!, rowBytes);
    });
  };
}
