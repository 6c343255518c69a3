// Every kind of layer by name. A new kind is a file of its own and a line here.
import type { Layer, LayerKind } from '../../../recipe.ts';
import { bindActivation } from './activation.ts';
import { bindBatchNorm } from './batchNorm.ts';
import { bindConcatenation } from './concatenation.ts';
import { bindConv2d } from './conv2d.ts';
import { bindDropout } from './dropout.ts';
import { bindFlatten } from './flatten.ts';
import { bindGroupNorm } from './groupNorm.ts';
import type { Binding, BindLayer, ReferenceLayer } from './layer.ts';
import { bindLayerNorm } from './layerNorm.ts';
import { bindLinear } from './linear.ts';
import { bindPooling } from './pooling.ts';
import { bindResidual } from './residual.ts';
import { bindScale } from './scale.ts';

const bindings: { [K in LayerKind]: BindLayer<K> } = {
  conv2d: bindConv2d,
  batchNorm2d: bindBatchNorm,
  batchNorm1d: bindBatchNorm,
  groupNorm: bindGroupNorm,
  layerNorm: bindLayerNorm,
  relu: bindActivation,
  leakyRelu: bindActivation,
  gelu: bindActivation,
  silu: bindActivation,
  hardswish: bindActivation,
  sigmoid: bindActivation,
  tanh: bindActivation,
  maxPool2d: bindPooling,
  avgPool2d: bindPooling,
  adaptiveAvgPool2d: bindPooling,
  globalAvgPool: bindPooling,
  flatten: bindFlatten,
  linear: bindLinear,
  dropout: bindDropout,
  dropout2d: bindDropout,
  residual: bindResidual,
  concatenation: bindConcatenation,
  scale: bindScale,
};

/** Binds a layer of any kind. */
export function bindLayer(binding: Binding<Layer>): ReferenceLayer {
  // The map by kind is what makes the argument fit.
  return (bindings[binding.layer.kind] as (binding: Binding<Layer>) => ReferenceLayer)(binding);
}
