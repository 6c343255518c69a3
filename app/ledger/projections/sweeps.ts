// One row a sweep: what it varies and whether it still proposes trials.
import type { sweeps as Table } from '../../db/sweeps.ts';
import { encodeJson } from '../json.ts';
import type { Json } from '../ports.ts';
import { states } from './projection.ts';

export const sweeps = states<typeof Table>({
  name: 'sweeps',
  version: 1,
  table: 'sweeps',
  streams: 'sweep',
  key: 'sweepId',
  evolve: {
    SweepDeclared: (_previous, { name, kind, metric, factors, seeds }, event, { id }) => ({
      sweepId: id,
      name,
      kind,
      metric,
      factors: encodeJson(factors as unknown as Json),
      seeds: encodeJson(seeds),
      declaredAt: event.recordedAt,
      status: 'running',
    }),
    TrialProposed: (previous) => (previous === null || previous.status === 'running' ? previous : { ...previous, status: 'running' }),
    SweepStopped: (previous) => previous && { ...previous, status: 'stopped' },
    SweepCompleted: (previous) => previous && { ...previous, status: 'completed' },
  },
});
