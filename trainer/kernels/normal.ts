// The standard normal distribution of docs/numerics.md, lane by lane: Φ(x), and e^(−x²/2), from which the density is one product away.
import { NORMAL_COEFFICIENTS, NORMAL_HIGHEST, NORMAL_LOWEST, NORMAL_PEAK } from '../numbers/normal.ts';
import type { Emitter, Lanes, LaneWidth } from './emit/emitter.ts';
import { EXPONENTIAL_CONSTANTS, exponentialWithin, keptConstants } from './exponential.ts';

const CONSTANTS = [...EXPONENTIAL_CONSTANTS, NORMAL_LOWEST, NORMAL_HIGHEST, NORMAL_PEAK, ...NORMAL_COEFFICIENTS, 0, -0.5];

export interface NormalLanes {
  /** cumulative = Φ(x), power = e^(−x²/2). */
  distribution(x: Lanes, cumulative: Lanes, power: Lanes): void;
  /** power = Φ(x) + x·φ(x), the slope of x·Φ(x). */
  slope(x: Lanes, cumulative: Lanes, power: Lanes): void;
}

/** Takes registers for the constants: outside of all loops. */
export function normalLanes(e: Emitter, width: LaneWidth): NormalLanes {
  const constant = keptConstants(e, width, CONSTANTS);
  const sign = e.uniform(width, -0);
  return {
    distribution(x, cumulative, power) {
      e.scope(() => {
        const [mask, magnitude] = [e.lanes(width), e.lanes(width)];
        e.times(power, x, x);
        e.times(power, power, constant(-0.5));
        e.less(mask, power, constant(NORMAL_LOWEST));
        // Never above 0; what is too low is +0 whatever comes of it here.
        exponentialWithin(e, power, constant);
        e.andNot(power, power, mask);
        e.andNot(magnitude, x, sign);
        e.pseudoMin(magnitude, magnitude, constant(NORMAL_HIGHEST));
        e.copy(cumulative, constant(NORMAL_COEFFICIENTS[0]!));
        for (const coefficient of NORMAL_COEFFICIENTS.slice(1)) e.madd(cumulative, cumulative, magnitude, constant(coefficient));
        e.times(cumulative, power, cumulative);
        e.subtract(magnitude, constant(1), cumulative);
        e.less(mask, x, constant(0));
        e.select(cumulative, mask, cumulative, magnitude);
      });
    },
    slope(x, cumulative, power) {
      e.times(power, power, constant(NORMAL_PEAK));
      e.madd(power, x, power, cumulative);
    },
  };
}
