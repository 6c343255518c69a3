// Every kind of layer by name. A new kind is a file of its own and a line here.
import type { Layer, LayerKind } from '../../../recipe.ts';
import { bindAvgPool2d } from './avgPool2d.ts';
import { bindBatchNorm2d } from './batchNorm2d.ts';
import { bindConcatenation } from './concatenation.ts';
import { bindConv2d } from './conv2d.ts';
import { bindDropout } from './dropout.ts';
import { bindFlatten } from './flatten.ts';
import { bindGelu } from './gelu.ts';
import type { Binding, BindLayer, ReferenceLayer } from './layer.ts';
import { bindLinear } from './linear.ts';
import { bindMaxPool2d } from './maxPool2d.ts';
import { bindRelu } from './relu.ts';
import { bindResidual } from './residual.ts';
import { bindScale } from './scale.ts';

const bindings: { [K in LayerKind]: BindLayer<K> } = {
  conv2d: bindConv2d,
  batchNorm2d: bindBatchNorm2d,
  relu: bindRelu,
  gelu: bindGelu,
  maxPool2d: bindMaxPool2d,
  avgPool2d: bindAvgPool2d,
  flatten: bindFlatten,
  linear: bindLinear,
  dropout: bindDropout,
  residual: bindResidual,
  concatenation: bindConcatenation,
  scale: bindScale,
};

/** Binds a layer of any kind. */
export function bindLayer(binding: Binding<Layer>): ReferenceLayer {
  // The map by kind is what makes the argument fit.
  return (bindings[binding.layer.kind] as (binding: Binding<Layer>) => ReferenceLayer)(binding);
}
