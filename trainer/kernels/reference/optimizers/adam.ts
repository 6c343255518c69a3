// Adam (Kingma and Ba, 2014), as torch.optim.Adam: bias-corrected, weight decay added to the gradient. AdamW, as torch.optim.AdamW: the
// same with the parameter shrunk before, and nothing added.
import type { Numbers, Values } from '../../../numbers/numbers.ts';
import { powInt } from '../../../numbers/power.ts';
import type { Adam } from '../../../optimizers/adam.ts';
import type { AdamW } from '../../../optimizers/adamW.ts';

/**
 * One step t (from 1) of a parameter, its moments m and v and, with amsgrad, the largest v so far in place. All of one shape. Constants are doubles,
 * rounded once.
 */
export function adamStep(
  { round, madd }: Numbers,
  settings: Adam | AdamW,
  learningRate: number,
  t: number,
  parameter: Values,
  gradient: Values,
  m: Values,
  v: Values,
  vMax: Values | null = null,
): void {
  const decay = round(settings.weightDecay);
  const shrinking = round(1 - learningRate * settings.weightDecay);
  const decouples = settings.type === 'adamW';
  const beta2 = round(settings.beta2);
  const oneMinusBeta1 = round(1 - settings.beta1);
  const oneMinusBeta2 = round(1 - settings.beta2);
  const rate = round(learningRate / (1 - powInt(settings.beta1, t)));
  const inverseRoot = round(1 / Math.sqrt(1 - powInt(settings.beta2, t)));
  const eps = round(settings.eps);
  for (let i = 0; i < parameter.length; i++) {
    const p = decouples ? round(shrinking * parameter[i]!) : parameter[i]!;
    const g = decouples || settings.weightDecay === 0 ? gradient[i]! : madd(decay, p, gradient[i]!);
    const newM = madd(oneMinusBeta1, round(g - m[i]!), m[i]!);
    const newV = madd(round(oneMinusBeta2 * g), g, round(beta2 * v[i]!));
    m[i] = newM;
    v[i] = newV;
    if (vMax !== null) vMax[i] = Math.max(vMax[i]!, newV);
    const root = round(Math.sqrt(vMax === null ? newV : vMax[i]!));
    parameter[i] = round(p - round(round(rate * newM) / madd(root, inverseRoot, eps)));
  }
}
