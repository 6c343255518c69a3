// Activations: each one's value and the gradient that comes back through it, side by side, as the classes of torch.nn that bear their names.
import type { Activation, ActivationKind } from '../../layers/activations.ts';
import type { Numbers, Values } from '../../numbers/numbers.ts';

interface Element<L> {
  value(numbers: Numbers, x: number, layer: L): number;
  /** Of x, where g is the gradient of the value. */
  gradient(numbers: Numbers, x: number, g: number, layer: L): number;
}

const elements: { [K in ActivationKind]: Element<Extract<Activation, { kind: K }>> } = {
  /** NaN and −0 pass, as in PyTorch; the gradient passes where x is positive or NaN. */
  relu: {
    // biome-ignore lint/complexity/useMathMinMax: Math.max would turn −0 into +0.
    value: (_, x) => (x < 0 ? 0 : x),
    gradient: (_, x, g) => (x <= 0 ? 0 : g),
  },
  leakyRelu: {
    value: ({ round }, x, { negativeSlope }) => (x > 0 ? x : round(x * round(negativeSlope))),
    gradient: ({ round }, x, g, { negativeSlope }) => (x > 0 ? g : round(g * round(negativeSlope))),
  },
  /** x·Φ(x). At −∞ the value is NaN, at ±∞ the gradient is: 0·∞, as in PyTorch. */
  gelu: {
    value: ({ round, normal }, x) => round(x * normal(x).cumulative),
    gradient({ round, madd, normal }, x, g) {
      const { cumulative, density } = normal(x);
      return round(g * madd(x, density, cumulative));
    },
  },
  /** x·σ(x). At −∞ the value is NaN, at ±∞ the gradient is: 0·∞, as in PyTorch. */
  silu: {
    value: ({ round, sigmoid }, x) => round(x * sigmoid(x)),
    gradient({ round, madd, sigmoid }, x, g) {
      const s = sigmoid(x);
      return round(g * madd(round(x * s), round(1 - s), s));
    },
  },
  hardswish: {
    value({ round }, x) {
      const above = round(x + 3);
      const within = above < 0 ? 0 : Math.min(above, 6);
      return round(round(x * within) * round(1 / 6));
    },
    gradient({ round, madd }, x, g) {
      const slope = x <= -3 ? 0 : x >= 3 ? 1 : madd(x, round(1 / 3), 0.5);
      return round(g * slope);
    },
  },
  sigmoid: {
    value: ({ sigmoid }, x) => sigmoid(x),
    gradient({ round, sigmoid }, x, g) {
      const s = sigmoid(x);
      return round(g * round(s * round(1 - s)));
    },
  },
  tanh: {
    value: ({ tanh }, x) => tanh(x),
    gradient({ round, madd, tanh }, x, g) {
      const y = tanh(x);
      return round(g * madd(-y, y, 1));
    },
  },
};

/** The map by kind is what makes the layer fit. */
const elementOf = (layer: Activation) => elements[layer.kind] as Element<Activation>;

/** y of x, any shape. */
export function activationForward(numbers: Numbers, layer: Activation, x: Values): Values {
  const { value } = elementOf(layer);
  return numbers.allocate(x.length).map((_, i) => value(numbers, x[i]!, layer));
}

/** dx of dy and x, all of one shape. */
export function activationBackward(numbers: Numbers, layer: Activation, x: Values, dy: Values): Values {
  const { gradient } = elementOf(layer);
  return numbers.allocate(x.length).map((_, i) => gradient(numbers, x[i]!, dy[i]!, layer));
}
