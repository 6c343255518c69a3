// Maps as convolutions over lanes read them (laneConvolution.ts): a lane is a channel of what is made, and a pixel holds one or several values
// for each lane.
import { NO_RIM, type Plane, padded, planeOf, type Rim } from './plane.ts';

/** Maps with a value a lane, `depth` of them in a pixel, `depthBytes` apart; their channels are the lanes. */
export interface LanePlane extends Plane {
  depth: number;
  depthBytes: number;
}

/** A plane as it stands: its channels are the lanes. */
export function asLanes(plane: Plane): LanePlane {
  return { ...plane, depth: 1, depthBytes: 0 };
}

/** Maps of the size of `plane` with `depth` values for each of `lanes` lanes. */
export function spreadPlane({ height, width }: Plane, lanes: number, depth: number, rim: Rim = NO_RIM): LanePlane {
  const depthBytes = padded(lanes) * 4;
  return { ...planeOf([lanes, height, width], rim, depth * padded(lanes)), depth, depthBytes };
}
