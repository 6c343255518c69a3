// The exponential moving average of a parameter, as torch.optim.swa_utils.get_ema_multi_avg_fn: the first step's is the parameter itself.
import type { Numbers, Values } from '../../numbers/numbers.ts';

/** The average after a step; `before` is null where there is none yet. */
export function averageAfter({ round, madd, allocate }: Numbers, decay: number, parameter: Values, before: Values | null): Values {
  const share = before === null ? 1 : round(1 - decay);
  const held = before ?? allocate(parameter.length);
  return held.map((value, i) => madd(share, round(parameter[i]! - value), value));
}
