// From bytes to the numbers a network takes.
import type { Numbers, Values } from '../../numbers/numbers.ts';

/** x (N, H, W, C) of images of the same layout in bytes, through a table (C, 256). */
export function pixelValues({ allocate }: Numbers, channels: number, table: Float32Array, bytes: Uint8Array): Values {
  return allocate(bytes.length).map((_, i) => table[(i % channels) * 256 + bytes[i]!]!);
}
