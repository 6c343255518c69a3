// Events of sweeps and of the ablations declared over them. Schema version 1.
import { z } from 'zod';
import { count, factors, integer, json, number, ordinal, text, uuid } from './values.ts';

export const sweeps = {
  SweepDeclared: z.looseObject({ name: text, kind: text, recipe: json, factors, seeds: z.array(number), metric: text }),
  TrialProposed: z.looseObject({ trial: ordinal, run: uuid, assignment: z.record(text, json), seed: integer, reused: z.boolean() }),
  SweepStopped: z.looseObject({ by: text, why: text }),
  SweepCompleted: z.looseObject({ completed: count, failed: count }),
  AblationDeclared: z.looseObject({ name: text, sweep: uuid, factors, seeds: z.array(number), metric: text }),
};
