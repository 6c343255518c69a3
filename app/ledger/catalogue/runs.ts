// Events of a run that the application adds: who asked for it, where it goes on, what it is called, what was found out afterwards. Schema version 1.
import { z } from 'zod';
import { count, json, metrics, number, ordinal, recipe, sha256, text, uuid } from './values.ts';

/** Files that a run gives up. Another run may need the same file: then it stays. */
const blobs = z.array(z.looseObject({ sha256, bytes: count }));
const tag = z.string().regex(/^[^,\s]([^,]*[^,\s])?$/, 'expected a tag without commas');

export const runs = {
  RunQueued: z.looseObject({
    recipe,
    name: text.nullable(),
    tags: z.array(tag),
    sweep: z.looseObject({ id: uuid, trial: ordinal }).nullable(),
  }),
  /** From the newest surviving checkpoint of this hash and step on; what came after it is superseded. Null: from the start. */
  RunResumed: z.looseObject({ attempt: ordinal, checkpoint: sha256.nullable(), epoch: count, step: count }),
  /** Begins at the end of an epoch of another run, of that configuration; `event` is the id of its EpochMeasured, `validation` what that says. */
  RunForked: z.looseObject({
    parent: uuid,
    parentConfiguration: sha256,
    event: uuid,
    epoch: ordinal,
    step: count,
    checkpoint: sha256,
    validation: metrics,
  }),
  RunInterrupted: z.looseObject({ why: text, lastBeat: text.nullable() }),
  RunNamed: z.looseObject({ name: text.nullable() }),
  RunTagged: z.looseObject({ add: z.array(tag), remove: z.array(tag) }),
  RunNoted: z.looseObject({ text }),
  RunArchived: z.looseObject({ archived: z.boolean() }),
  /** Its checkpoints are given up, but for those of `kept`; `bytes` were freed. */
  CheckpointsPruned: z.looseObject({ kept: z.array(text), blobs, bytes: count }),
  /** All files of an archived run are given up; its events stay. */
  RunPurged: z.looseObject({ blobs, bytes: count }),
  /** A run of another ledger under a new id, because the one here went another way; `head` is the hash of its event `version`. */
  RunCopied: z.looseObject({ source: uuid, version: ordinal, head: sha256 }),
  /** A verdict over the facts from after `fromEpoch` up to `untilEpoch`; `difference` is the first one. */
  RunReplayed: z.looseObject({
    verdict: z.enum(['identical', 'differs']),
    fromEpoch: count,
    untilEpoch: count,
    facts: count,
    difference: z
      .looseObject({
        epoch: count,
        step: count,
        fact: text,
        layer: text.nullable(),
        value: text,
        recorded: json,
        replayed: json,
        note: text.nullable(),
      })
      .nullable(),
  }),
  /** A metric that was worked out after the fact; `values` by what they are of, e.g. a class. */
  MetricMeasured: z.looseObject({ metric: text, epoch: ordinal, part: text, settings: json, values: z.record(text, number) }),
  StopRequested: z.looseObject({ by: text, why: text }),
};
