// All presets by name, and how a written network becomes a list of layers.
import { RunledgerError } from '../errors.ts';
import { badValue, check, isPlainObject, show } from '../recipe/check.ts';
import { suggestion } from '../recipe/suggest.ts';
import { lenet5 } from './lenet5.ts';
import { mobilenetV1, mobilenetV2 } from './mobilenet.ts';
import type { Preset } from './preset.ts';
import { resnet8, resnet18, resnet20, resnet32 } from './resnet.ts';
import { simpleCnn } from './simpleCnn.ts';
import { vggSmall } from './vggSmall.ts';

/** Every preset checks its own options before it sees them. */
export const presets: Readonly<Record<string, Preset>> = {
  simpleCnn: simpleCnn as Preset,
  lenet5: lenet5 as Preset,
  vggSmall: vggSmall as Preset,
  resnet8: resnet8 as Preset,
  resnet20: resnet20 as Preset,
  resnet32: resnet32 as Preset,
  resnet18: resnet18 as Preset,
  mobilenetV1: mobilenetV1 as Preset,
  mobilenetV2: mobilenetV2 as Preset,
};

/** `simpleCnn`, `{ simpleCnn: { batchNorm: true } }` or a list of layers, to a list of layers in written form. */
export function expandPreset(network: unknown, place: string): unknown {
  if (Array.isArray(network)) return network;
  const written = typeof network === 'string' ? { [network]: {} } : network;
  const names = isPlainObject(written) ? Object.keys(written) : [];
  if (!isPlainObject(written) || names.length !== 1) {
    throw badValue(place, network, `a list of layers, or one preset with its options: ${Object.keys(presets).join(', ')}`);
  }
  const name = names[0]!;
  if (!Object.hasOwn(presets, name)) {
    throw new RunledgerError('recipe.unknownKind', `${place}: there is no preset ${show(name)}`, {
      place,
      help: `${suggestion(name, Object.keys(presets))}; or write a list of layers`,
    });
  }
  const preset = presets[name]!;
  return preset.layers(check(preset.schema, written[name] ?? {}, `${place}.${name}`));
}
