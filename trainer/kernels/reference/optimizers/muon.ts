// Muon, as torch.optim.Muon with its Newton-Schulz iteration in the engine's own numbers: the direction of a step is the momentum's matrix
// with its singular values brought near 1.
import type { Numbers, Values } from '../../../numbers/numbers.ts';
import { type Muon, rateFactor } from '../../../optimizers/muon.ts';
import type { Matrix } from '../matrix.ts';
import { squaredGradient } from '../squaredGradient.ts';

/** One step of a parameter and its momentum in place. */
export function muonStep(
  numbers: Numbers,
  settings: Muon,
  learningRate: number,
  parameter: Values,
  gradient: Values,
  momentum: Values,
  matrix: Matrix,
): void {
  const { round, madd, allocate } = numbers;
  const adding = round(1 - settings.momentum);
  const update = allocate(gradient.length);
  for (let i = 0; i < gradient.length; i++) {
    const g = gradient[i]!;
    momentum[i] = madd(adding, round(g - momentum[i]!), momentum[i]!);
    update[i] = settings.nesterov ? madd(adding, round(g - momentum[i]!), momentum[i]!) : momentum[i]!;
  }
  const direction = orthogonalize(numbers, settings, update, matrix);
  const shrinking = round(1 - learningRate * settings.weightDecay);
  const negativeRate = round(-(learningRate * rateFactor(settings, matrix.columns, matrix.rows)));
  for (let i = 0; i < parameter.length; i++) parameter[i] = madd(negativeRate, direction[i]!, round(shrinking * parameter[i]!));
}

/**
 * The Newton-Schulz iteration on X (m, n), m ≤ n: the matrix or its transpose over its norm; A = X Xᵀ, B = b A + c A A, X = a X + B X, each
 * element one chain. Takes and gives values in canonical order.
 */
function orthogonalize(numbers: Numbers, { nsCoefficients, nsSteps, eps }: Muon, update: Values, matrix: Matrix): Values {
  const { round, madd, allocate } = numbers;
  const [a, b, c] = nsCoefficients.map(round) as [number, number, number];
  const { rows, columns, canonical } = matrix;
  const wide = columns <= rows;
  const [m, n] = wide ? [columns, rows] : [rows, columns];
  const place = (i: number, j: number) => (wide ? canonical(j, i) : canonical(i, j));

  const norm = Math.sqrt(squaredGradient(numbers, rows, columns, (row, column) => update[canonical(row, column)]!));
  const scale = round(1 / Math.max(norm, eps));
  let x = allocate(m * n);
  for (let i = 0; i < m; i++) for (let j = 0; j < n; j++) x[i * n + j] = round(update[place(i, j)]! * scale);
  for (let step = 0; step < nsSteps; step++) {
    const gram = allocate(m * m);
    for (let i = 0; i < m; i++) {
      for (let j = 0; j < m; j++) {
        let sum = 0;
        for (let k = 0; k < n; k++) sum = madd(x[i * n + k]!, x[j * n + k]!, sum);
        gram[i * m + j] = sum;
      }
    }
    const polynomial = allocate(m * m);
    for (let i = 0; i < m; i++) {
      for (let j = 0; j < m; j++) {
        let sum = 0;
        for (let k = 0; k < m; k++) sum = madd(gram[i * m + k]!, gram[k * m + j]!, sum);
        polynomial[i * m + j] = madd(c, sum, round(b * gram[i * m + j]!));
      }
    }
    const next = allocate(m * n);
    for (let i = 0; i < m; i++) {
      for (let j = 0; j < n; j++) {
        let sum = round(a * x[i * n + j]!);
        for (let k = 0; k < m; k++) sum = madd(polynomial[i * m + k]!, x[k * n + j]!, sum);
        next[i * n + j] = sum;
      }
    }
    x = next;
  }
  const direction = allocate(update.length);
  for (let i = 0; i < m; i++) for (let j = 0; j < n; j++) direction[place(i, j)] = x[i * n + j]!;
  return direction;
}
