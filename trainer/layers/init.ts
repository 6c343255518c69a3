// How the weight of a layer begins: the schemes of torch.nn.init by their names there, and the bound or deviation each comes to. Without a
// scheme it is PyTorch's default of the layer. A bias always begins by that default.
import * as z from 'zod';
import type { Parameter } from '../network.ts';
import { numberFrom } from '../recipe/values.ts';

const number = () => z.number('a number');
const gain = () => numberFrom(0).default(1);
const nonlinearities = ['linear', 'conv2d', 'sigmoid', 'tanh', 'relu', 'leakyRelu', 'selu'] as const;

const kaiming = <T extends string>(type: T) =>
  z.strictObject({
    type: z.literal(type),
    mode: z.enum(['fanIn', 'fanOut']).default('fanIn'),
    nonlinearity: z.enum(nonlinearities).default('leakyRelu'),
    /** Negative slope of leakyRelu. */
    a: number().default(0),
  });
const xavier = <T extends string>(type: T) => z.strictObject({ type: z.literal(type), gain: gain() });
const bare = <T extends string>(type: T) => z.strictObject({ type: z.literal(type) });

const everywhere = [
  ...([kaiming('kaimingNormal'), kaiming('kaimingUniform'), xavier('xavierNormal'), xavier('xavierUniform')] as const),
  ...([xavier('orthogonal'), bare('zeros'), z.strictObject({ type: z.literal('constant'), val: number() })] as const),
] as const;

type Scheme = z.infer<(typeof everywhere)[number]> | { type: 'dirac' } | { type: 'identity' };

/** `init: kaimingNormal` is short for `init: { type: kaimingNormal }`; `own` is the scheme that only this kind of layer has. */
export function initSetting<T extends 'dirac' | 'identity'>(own: T) {
  const names = [...everywhere.map(({ shape }) => shape.type.value), own];
  const named = (written: unknown) => (typeof written === 'string' ? { type: written } : written);
  return z.preprocess(named, z.discriminatedUnion('type', [...everywhere, bare(own)], names.join(', '))).optional();
}

/** fanIn and fanOut of a weight (out, in, …), as torch.nn.init counts them: of a grouped convolution, `in` is one group's. */
export function fansOf([outputs, inputs, ...taps]: readonly number[]): { fanIn: number; fanOut: number } {
  const field = taps.reduce((product, length) => product * length, 1);
  return { fanIn: inputs! * field, fanOut: outputs! * field };
}

/** torch.nn.init.calculate_gain. */
export function gainOf(nonlinearity: (typeof nonlinearities)[number], a: number): number {
  switch (nonlinearity) {
    case 'tanh':
      return 5 / 3;
    case 'relu':
      return Math.sqrt(2);
    case 'leakyRelu':
      return Math.sqrt(2 / (1 + a * a));
    case 'selu':
      return 3 / 4;
    default:
      return 1;
  }
}

/** What a scheme means for a weight of this canonical shape; `groups` are those of a convolution. */
export function weightInit(scheme: Scheme | undefined, shape: readonly number[], groups = 1): Parameter['init'] {
  const fans = fansOf(shape);
  switch (scheme?.type) {
    case undefined:
      return { uniform: { fanIn: fans.fanIn } };
    case 'kaimingNormal':
    case 'kaimingUniform': {
      const std = gainOf(scheme.nonlinearity, scheme.a) / Math.sqrt(fans[scheme.mode]);
      return scheme.type === 'kaimingNormal' ? { normal: { std } } : { uniform: { bound: Math.sqrt(3) * std } };
    }
    case 'xavierNormal':
    case 'xavierUniform': {
      const std = scheme.gain * Math.sqrt(2 / (fans.fanIn + fans.fanOut));
      return scheme.type === 'xavierNormal' ? { normal: { std } } : { uniform: { bound: Math.sqrt(3) * std } };
    }
    case 'orthogonal':
      return { orthogonal: { gain: scheme.gain } };
    case 'dirac':
    case 'identity':
      return { dirac: { groups } };
    case 'zeros':
      return { constant: 0 };
    case 'constant':
      return { constant: scheme.val };
  }
}
