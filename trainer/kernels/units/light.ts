// The units that move or scale values and learn nothing: dropout and flatten.

import { dropoutKey } from '../../random/draws.ts';
import type { Layer } from '../../recipe.ts';
import { copyPlane } from '../copy.ts';
import { dropoutApply, dropoutFactors } from '../dropout.ts';
import { BLOCK, NO_RIM, type Plane, planeOf } from '../plane.ts';
import { lightly, type Values } from '../work.ts';
import { batchOf, gradientsOf, type Site, type Unit } from './unit.ts';

type Dropout = Extract<Layer, { kind: 'dropout' | 'dropout2d' }>;

export function dropoutUnit(site: Site, { kind, name, p }: Dropout, input: Values, outputPlane: Plane): Unit {
  const { kernels } = site;
  const { channels, height, width } = input.plane;
  const output = batchOf(site, outputPlane);
  const wholeChannels = kind === 'dropout2d';
  const groups = Math.ceil((wholeChannels ? channels : channels * height * width) / BLOCK);
  const factors = batchOf(site, planeOf([groups * BLOCK, 1, 1]));
  const [key0, key1] = dropoutKey(site.seed, name);
  const draw = kernels.add(`${name}/factors`, 6, dropoutFactors(p));
  const apply = kernels.add(`${name}/forward`, 3, dropoutApply(input.plane, outputPlane, wholeChannels));
  const copy = kernels.add(`${name}/pass`, 2, copyPlane(input.plane, outputPlane));
  return {
    name,
    output,
    forward: (mode) => [
      mode === 'training'
        ? lightly(name, (sample, { samples, epoch }) => {
            draw.run(key0 | 0, key1 | 0, samples[sample]! | 0, epoch, factors.at(sample), groups);
            apply.run(input.at(sample), factors.at(sample), output.at(sample));
          })
        : lightly(name, (sample) => copy.run(input.at(sample), output.at(sample))),
    ],
    backward(supply) {
      const gradients = gradientsOf(site, output);
      const works = supply.into(gradients);
      return {
        direct: true,
        into(place) {
          if (place === null) return works;
          const back = kernels.add(`${name}/backward`, 3, dropoutApply(gradients.plane, place.plane, wholeChannels));
          return [...works, lightly(`${name} backward`, (sample) => back.run(gradients.at(sample), factors.at(sample), place.at(sample)))];
        },
      };
    },
    prepare: () => [],
    update: () => [],
  };
}

/** A flat vector as one pixel, with a rim of zeros where `outputPlane` has one. */
export function flattenUnit(site: Site, name: string, input: Values, outputPlane: Plane): Unit {
  const unit = vectorUnit(site, name, input);
  if (outputPlane.contiguous) return unit;
  const output = batchOf(site, outputPlane);
  const copy = site.kernels.add(`${name}/rim`, 2, copyPlane(unit.output.plane, outputPlane));
  const surround = lightly(`${name} rim`, (sample) => copy.run(unit.output.at(sample), output.at(sample)));
  return { ...unit, output, forward: (mode) => [...unit.forward(mode), surround] };
}

/** Whole blocks of channels without a rim are a vector already, others are moved together. */
function vectorUnit(site: Site, name: string, input: Values): Unit {
  const { channels, height, width } = input.plane;
  const flat = planeOf([channels * height * width, 1, 1]);
  const isFlat = input.plane.contiguous && (height * width === 1 || input.plane.pixelBytes === channels * 4);
  if (isFlat) {
    const asVector = (values: Values): Values => ({ plane: { ...flat, sampleBytes: values.plane.sampleBytes }, at: values.at });
    return {
      name,
      output: asVector(input),
      forward: () => [],
      backward: (supply) => ({ direct: false, into: (place) => supply.into(place && asVector(place)) }),
      prepare: () => [],
      update: () => [],
    };
  }
  const dense: Plane = { ...planeOf([channels, height, width], NO_RIM, channels), sampleBytes: flat.sampleBytes };
  const output = batchOf(site, flat);
  const gather = site.kernels.add(`${name}/forward`, 2, copyPlane(input.plane, dense));
  return {
    name,
    output,
    forward: () => [lightly(name, (sample) => gather.run(input.at(sample), output.at(sample)))],
    backward(supply) {
      const gradients = gradientsOf(site, output);
      const works = supply.into(gradients);
      return {
        direct: true,
        into(place) {
          if (place === null) return works;
          const spread = site.kernels.add(`${name}/backward`, 2, copyPlane(dense, place.plane));
          return [...works, lightly(`${name} backward`, (sample) => spread.run(gradients.at(sample), place.at(sample)))];
        },
      };
    },
    prepare: () => [],
    update: () => [],
  };
}
