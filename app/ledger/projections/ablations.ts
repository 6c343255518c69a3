// Declared ablations: which factors of which sweep are to be compared.
import type { ablations as Table } from '../../db/sweeps.ts';
import { encodeJson } from '../json.ts';
import type { Json } from '../ports.ts';
import { rows } from './projection.ts';

export const ablations = rows<typeof Table>({
  name: 'ablations',
  version: 1,
  table: 'ablations',
  streams: 'ablation',
  row: {
    AblationDeclared: ({ name, sweep, factors, seeds, metric }, event, { id }) => ({
      ablationId: id,
      name,
      sweepId: sweep,
      metric,
      factors: encodeJson(factors as unknown as Json),
      seeds: encodeJson(seeds),
      declaredAt: event.recordedAt,
    }),
  },
});
