// Which kinds of layers are activations: one number in, one number out, whatever stands beside it.
import type { Gelu } from './gelu.ts';
import type { Hardswish } from './hardswish.ts';
import type { LeakyRelu } from './leakyRelu.ts';
import type { Relu } from './relu.ts';
import type { Sigmoid } from './sigmoid.ts';
import type { Silu } from './silu.ts';
import type { Tanh } from './tanh.ts';

/** An activation in canonical form. */
export type Activation = Relu | LeakyRelu | Gelu | Silu | Hardswish | Sigmoid | Tanh;

export type ActivationKind = Activation['kind'];

const kinds: Readonly<Record<ActivationKind, true>> = {
  relu: true,
  leakyRelu: true,
  gelu: true,
  silu: true,
  hardswish: true,
  sigmoid: true,
  tanh: true,
};

export function isActivation(layer: { kind: string }): layer is Activation {
  return Object.hasOwn(kinds, layer.kind);
}
