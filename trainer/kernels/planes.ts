// Out of the arena: what stands in the planes of a batch, without rims and padding.
import type { Values } from './work.ts';

/** (samples, height, width, channels), a copy. */
export function readPlanes(floats: Float32Array, { plane, at }: Values, samples: number): Float32Array {
  const { channels, height, width, origin, rowBytes, pixelBytes } = plane;
  const read = new Float32Array(samples * height * width * channels);
  let to = 0;
  for (let sample = 0; sample < samples; sample++) {
    for (let row = 0; row < height; row++) {
      for (let column = 0; column < width; column++, to += channels) {
        const from = (at(sample) + origin + row * rowBytes + column * pixelBytes) / 4;
        read.set(floats.subarray(from, from + channels), to);
      }
    }
  }
  return read;
}
