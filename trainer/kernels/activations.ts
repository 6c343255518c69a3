// Activations lane by lane (docs/numerics.md): each one's value and what the way back needs, written once against the emitter. The passes
// that take them in ask this table and never which activation it is.
import type { Activation, ActivationKind } from '../layers/activations.ts';
import { EXP_LOWEST } from '../numbers/exp.ts';
import { TANH_COEFFICIENTS, TANH_SPLIT } from '../numbers/tanh.ts';
import type { Emitter, Lanes, LaneWidth } from './emit/emitter.ts';
import { EXPONENTIAL_CONSTANTS, exponential, keptConstants } from './exponential.ts';
import { normalLanes } from './normal.ts';

/** value = f(value); `slope`, where there is one and it is kept, becomes f′ of what value was. */
type Forward = (value: Lanes, slope: Lanes | null) => void;
/** gradient = what comes back through f; `at` is the kept slope, or the value that went in, and may be overwritten. */
type Backward = (gradient: Lanes, at: Lanes) => void;

/** Both take their registers outside of all loops. */
export interface ActivationKernels {
  /** Whether the way forward writes the slope down, where it costs little more; otherwise it is worked out again from what went in. */
  keepsSlope: boolean;
  /** Whether no value is ever −∞. */
  boundedBelow: boolean;
  forward(e: Emitter, width: LaneWidth): Forward;
  backward(e: Emitter, width: LaneWidth): Backward;
}

const bySlope =
  (e: Emitter): Backward =>
  (gradient, slope) =>
    e.times(gradient, gradient, slope);

/** to = σ(x); `x` is left as it is. */
function sigmoidLanes(e: Emitter, width: LaneWidth) {
  const constant = keptConstants(e, width, [...EXPONENTIAL_CONSTANTS, 0]);
  const mask = e.lanes(width);
  return {
    constant,
    sigmoid(to: Lanes, x: Lanes): void {
      e.less(mask, x, constant(EXP_LOWEST));
      e.subtract(to, constant(0), x);
      exponential(e, to, constant);
      e.add(to, to, constant(1));
      e.divide(to, constant(1), to);
      e.andNot(to, to, mask);
    },
  };
}

const kernels: { [K in ActivationKind]: (layer: Extract<Activation, { kind: K }>) => ActivationKernels } = {
  relu: () => ({
    keepsSlope: false,
    boundedBelow: true,
    forward(e, width) {
      const zero = e.uniform(width, 0);
      return (value) => e.pseudoMax(value, value, zero);
    },
    backward(e, width) {
      const zero = e.uniform(width, 0);
      return (gradient, x) => {
        e.lessOrEqual(x, x, zero);
        e.andNot(gradient, gradient, x);
      };
    },
  }),
  leakyRelu: ({ negativeSlope }) => {
    const leak = (e: Emitter, width: LaneWidth): Backward => {
      const [zero, slope] = [e.uniform(width, 0), e.uniform(width, negativeSlope)];
      const [mask, small] = [e.lanes(width), e.lanes(width)];
      return (gradient, x) => {
        e.less(mask, zero, x);
        e.times(small, gradient, slope);
        e.select(gradient, mask, gradient, small);
      };
    };
    return {
      keepsSlope: false,
      boundedBelow: false,
      forward(e, width) {
        const through = leak(e, width);
        return (value) => through(value, value);
      },
      backward: leak,
    };
  },
  gelu: () => ({
    keepsSlope: true,
    boundedBelow: true,
    forward(e, width) {
      const normal = normalLanes(e, width);
      const [cumulative, power] = [e.lanes(width), e.lanes(width)];
      return (value, slope) => {
        normal.distribution(value, cumulative, slope ?? power);
        if (slope) normal.slope(value, cumulative, slope);
        e.times(value, value, cumulative);
      };
    },
    backward: bySlope,
  }),
  silu: () => ({
    keepsSlope: true,
    boundedBelow: true,
    forward(e, width) {
      const { sigmoid, constant } = sigmoidLanes(e, width);
      const [s, rest] = [e.lanes(width), e.lanes(width)];
      return (value, slope) => {
        sigmoid(s, value);
        e.times(value, value, s);
        if (!slope) return;
        e.subtract(rest, constant(1), s);
        e.madd(slope, value, rest, s);
      };
    },
    backward: bySlope,
  }),
  hardswish: () => ({
    keepsSlope: false,
    boundedBelow: true,
    forward(e, width) {
      const constant = keptConstants(e, width, [0, 3, 6, 1 / 6]);
      const within = e.lanes(width);
      return (value) => {
        e.add(within, value, constant(3));
        e.pseudoMax(within, within, constant(0));
        e.pseudoMin(within, within, constant(6));
        e.times(value, value, within);
        e.times(value, value, constant(1 / 6));
      };
    },
    backward(e, width) {
      const constant = keptConstants(e, width, [-3, 0.5, 1, 3, 1 / 3]);
      const [low, high] = [e.lanes(width), e.lanes(width)];
      return (gradient, x) => {
        e.lessOrEqual(low, x, constant(-3));
        e.lessOrEqual(high, constant(3), x);
        e.madd(x, x, constant(1 / 3), constant(0.5));
        e.andNot(x, x, low);
        e.select(x, high, constant(1), x);
        e.times(gradient, gradient, x);
      };
    },
  }),
  sigmoid: () => ({
    keepsSlope: true,
    boundedBelow: true,
    forward(e, width) {
      const { sigmoid, constant } = sigmoidLanes(e, width);
      const s = e.lanes(width);
      return (value, slope) => {
        sigmoid(s, value);
        e.copy(value, s);
        if (!slope) return;
        e.subtract(slope, constant(1), s);
        e.times(slope, slope, s);
      };
    },
    backward: bySlope,
  }),
  tanh: () => ({
    keepsSlope: true,
    boundedBelow: true,
    forward(e, width) {
      const constant = keptConstants(e, width, [...EXPONENTIAL_CONSTANTS, ...TANH_COEFFICIENTS, TANH_SPLIT, 0, 2]);
      const signBit = e.uniform(width, -0);
      const [sign, magnitude, near, far, square] = [e.lanes(width), e.lanes(width), e.lanes(width), e.lanes(width), e.lanes(width)];
      return (value, slope) => {
        e.and(sign, value, signBit);
        e.andNot(magnitude, value, signBit);
        e.times(square, magnitude, magnitude);
        e.copy(near, constant(TANH_COEFFICIENTS[0]!));
        for (const coefficient of TANH_COEFFICIENTS.slice(1)) e.madd(near, near, square, constant(coefficient));
        e.times(square, magnitude, square);
        e.madd(near, square, near, magnitude);
        e.add(far, magnitude, magnitude);
        exponential(e, far, constant);
        e.add(far, far, constant(1));
        e.divide(far, constant(2), far);
        e.subtract(far, constant(1), far);
        e.less(magnitude, magnitude, constant(TANH_SPLIT));
        e.select(value, magnitude, near, far);
        e.or(value, value, sign);
        if (!slope) return;
        e.subtract(slope, constant(0), value);
        e.madd(slope, slope, value, constant(1));
      };
    },
    backward: bySlope,
  }),
};

/** How an activation is computed; the map by kind is what makes the layer fit. */
export function activationKernels(layer: Activation): ActivationKernels {
  return (kernels[layer.kind] as (layer: Activation) => ActivationKernels)(layer);
}
