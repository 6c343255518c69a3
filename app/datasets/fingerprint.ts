// The fingerprint of a data set: what a recipe's run depends on besides the recipe.
import { createHash, type Hash } from 'node:crypto';
import { setImmediate } from 'node:timers/promises';
import type { DataSetDefinition, Samples } from './definition.ts';

/** So many bytes are hashed at a stretch, a few milliseconds, before other work of the thread gets its turn. */
const stretch = 4 << 20;

async function field(hash: Hash, bytes: Uint8Array): Promise<void> {
  const length = new DataView(new ArrayBuffer(8));
  length.setBigUint64(0, BigInt(bytes.length), true);
  hash.update(length);
  for (let from = 0; from < bytes.length; from += stretch) {
    if (from > 0) await setImmediate();
    hash.update(bytes.subarray(from, from + stretch));
  }
}

/**
 * SHA-256, hex, over these fields, each preceded by its length in bytes as an unsigned 64-bit little-endian number:
 *
 * 1. the text `runledger/dataset/1`
 * 2. the name
 * 3. channels, 4. height, 5. width, 6. number of classes, each as decimal text
 * 7. each class name in label order, a field of its own
 * 8. training images, (count, height, width, channels), a byte a value; 9. training labels, a byte each
 * 10. test images; 11. test labels
 *
 * Texts are UTF-8. Counts follow from the lengths.
 */
export async function fingerprint(definition: DataSetDefinition, { train, test }: Samples): Promise<string> {
  const { name, shape, classes } = definition;
  const numbers = [shape.channels, shape.height, shape.width, classes.length].map(String);
  const hash = createHash('sha256');
  for (const text of ['runledger/dataset/1', name, ...numbers, ...classes]) await field(hash, Buffer.from(text, 'utf8'));
  for (const bytes of [train.images, train.labels, test.images, test.labels]) await field(hash, bytes);
  return hash.digest('hex');
}
