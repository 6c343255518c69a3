// Fully connected layer, as torch.nn.Linear. Inputs arrive in storage order (h, w, c) while a weight's columns stand in PyTorch's order
// (c, h, w): `columns` says which column belongs to which input.
import type { Shape } from '../../network.ts';
import type { Numbers, Values } from '../../numbers/numbers.ts';

/** Canonical column of each input in storage order, for maps (C, H, W) flattened before the layer. */
export function canonicalColumns([C, H, W]: Shape): Uint32Array {
  return Uint32Array.from({ length: C * H * W }, (_, i) => (i % C) * H * W + Math.floor(i / C));
}

/** y (N, O) of x (N, I), weight (O, I) and bias (O): a chain over inputs in storage order. */
export function linearForward(
  { round, madd, allocate }: Numbers,
  columns: Uint32Array,
  O: number,
  batch: number,
  x: Values,
  weight: Values,
  bias: Values | null,
): Values {
  const I = columns.length;
  const y = allocate(batch * O);
  for (let n = 0; n < batch; n++) {
    for (let o = 0; o < O; o++) {
      let sum = 0;
      for (let i = 0; i < I; i++) sum = madd(x[n * I + i]!, weight[o * I + columns[i]!]!, sum);
      y[n * O + o] = bias === null ? sum : round(sum + bias[o]!);
    }
  }
  return y;
}

/** dx (N, I) of dy (N, O): a chain over outputs. */
export function linearInputGradient(
  { madd, allocate }: Numbers,
  columns: Uint32Array,
  O: number,
  batch: number,
  dy: Values,
  weight: Values,
): Values {
  const I = columns.length;
  const dx = allocate(batch * I);
  for (let n = 0; n < batch; n++) {
    for (let i = 0; i < I; i++) {
      let sum = 0;
      for (let o = 0; o < O; o++) sum = madd(dy[n * O + o]!, weight[o * I + columns[i]!]!, sum);
      dx[n * I + i] = sum;
    }
  }
  return dx;
}

/** dw (O, I) of x (N, I) and dy (N, O): one chain over n. */
export function linearWeightGradient(
  { madd, allocate }: Numbers,
  columns: Uint32Array,
  O: number,
  batch: number,
  x: Values,
  dy: Values,
): Values {
  const I = columns.length;
  const dw = allocate(O * I);
  for (let o = 0; o < O; o++) {
    for (let i = 0; i < I; i++) {
      let sum = 0;
      for (let n = 0; n < batch; n++) sum = madd(x[n * I + i]!, dy[n * O + o]!, sum);
      dw[o * I + columns[i]!] = sum;
    }
  }
  return dw;
}

/** db (O) of dy (N, O): a plain sum over n. */
export function linearBiasGradient({ round, allocate }: Numbers, O: number, batch: number, dy: Values): Values {
  const db = allocate(O);
  for (let n = 0; n < batch; n++) {
    for (let o = 0; o < O; o++) db[o] = round(db[o]! + dy[n * O + o]!);
  }
  return db;
}
