// What the header of a compact file says, checked. Loaded when one is read, so that others do not wait for the schema library.
import { z } from 'zod';

const count = z.int().nonnegative();
const headerSchema = z.object({
  name: z.string(),
  shape: z.object({ channels: count, height: count, width: count }),
  classes: z.array(z.string()),
  train: count,
  test: count,
  fingerprint: z.string().regex(/^[0-9a-f]{64}$/),
});

/** Null where it is no such header. */
export function parseHeader(text: Buffer): z.infer<typeof headerSchema> | null {
  try {
    return headerSchema.parse(JSON.parse(text.toString('utf8')));
  } catch {
    return null;
  }
}
