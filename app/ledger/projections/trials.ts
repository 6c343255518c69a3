// The trials of a sweep: which run answers which assignment.
import type { trials as Table } from '../../db/sweeps.ts';
import { encodeJson } from '../json.ts';
import { rows } from './projection.ts';

export const trials = rows<typeof Table>({
  name: 'trials',
  version: 1,
  table: 'trials',
  streams: 'sweep',
  row: {
    TrialProposed: ({ trial, run, assignment, seed, reused }, _event, { id }) => ({
      sweepId: id,
      trial,
      runId: run,
      seed,
      assignment: encodeJson(assignment),
      reused: Number(reused),
    }),
  },
});
