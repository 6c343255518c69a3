// The configuration id: runs with the same one differ in their seed only, so they are repeats of one another. It is projected, never
// stored in an event, so that a later version of recipes can widen it.
import { createHash } from 'node:crypto';
import { encodeJson } from '../json.ts';
import type { Json } from '../ports.ts';

/** SHA-256, hex, of the canonical recipe without its seed and of the data set's fingerprint. */
export function configurationId(recipe: object, datasetFingerprint: string): string {
  const { seed: _, ...configuration } = recipe as { seed?: Json } & Record<string, Json>;
  return createHash('sha256').update(encodeJson({ configuration, datasetFingerprint })).digest('hex');
}
