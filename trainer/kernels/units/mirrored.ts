// The input of a convolution with mirrored padding: copied into a plane of this thread's own that has room for the padding, which is then
// filled; another layer may read the same input with zeros around it. On the way back the padding's gradient is folded (mirror.ts).
import { copyPlane } from '../copy.ts';
import { foldRim, grownPlane, insideOf, mirrorRim } from '../mirror.ts';
import type { Plane, Rim } from '../plane.ts';
import { addPlanes } from '../sum.ts';
import type { Values } from '../work.ts';
import { type Site, scratchOf } from './unit.ts';

export interface MirroredInput {
  plane: Plane;
  /** Makes a sample's padded maps and gives their address; good until the next sample's. */
  fill(sample: number): number;
  /** Where the gradient of the padded maps goes, and what then brings it to `place` with `addend` added. */
  gradientInto(place: Values, addend: Values | null): { values: Values; finish(sample: number): void };
}

export function mirroredInput(site: Site, name: string, input: Values, rim: Rim): MirroredInput {
  const { kernels } = site;
  const plane = grownPlane(input.plane, rim);
  const inside = insideOf(plane, rim);
  const padded = scratchOf(site, plane);
  const copy = kernels.add(`${name}/pad`, 2, copyPlane(input.plane, inside));
  const mirror = kernels.add(`${name}/mirror`, 1, mirrorRim(plane, rim));
  return {
    plane,
    fill(sample) {
      const to = padded.at(sample);
      copy.run(input.at(sample), to);
      mirror.run(to);
      return to;
    },
    gradientInto(place, addend) {
      const values = scratchOf(site, plane);
      const fold = kernels.add(`${name}/fold`, 1, foldRim(plane, rim));
      const bring = addend
        ? kernels.add(`${name}/unpad`, 3, addPlanes(inside, addend.plane, place.plane))
        : kernels.add(`${name}/unpad`, 2, copyPlane(inside, place.plane));
      return {
        values,
        finish(sample) {
          const from = values.at(sample);
          fold.run(from);
          if (addend) bring.run(from, addend.at(sample), place.at(sample));
          else bring.run(from, place.at(sample));
        },
      };
    },
  };
}
