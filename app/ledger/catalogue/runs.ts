// Events of a run that the application adds: who asked for it, what it is called, who found it dead. Schema version 1.
import { z } from 'zod';
import { count, ordinal, recipe, sha256, text, uuid } from './values.ts';

const tag = z.string().regex(/^[^,\s]([^,]*[^,\s])?$/, 'expected a tag without commas');

export const runs = {
  RunQueued: z.looseObject({
    recipe,
    name: text.nullable(),
    tags: z.array(tag),
    sweep: z.looseObject({ id: uuid, trial: ordinal }).nullable(),
  }),
  RunResumed: z.looseObject({ attempt: ordinal, checkpoint: sha256.nullable(), epoch: count, step: count }),
  RunInterrupted: z.looseObject({ why: text, lastBeat: text.nullable() }),
  RunNamed: z.looseObject({ name: text.nullable() }),
  RunTagged: z.looseObject({ add: z.array(tag), remove: z.array(tag) }),
  RunNoted: z.looseObject({ text }),
  RunArchived: z.looseObject({ archived: z.boolean() }),
  StopRequested: z.looseObject({ by: text, why: text }),
};
