// The canonical recipe of each run, as JSON: parameters, augmentations and schedules are views over it.
import type { recipes as Table } from '../../db/runs.ts';
import { encodeJson } from '../json.ts';
import type { Json } from '../ports.ts';
import { type Row, states } from './projection.ts';

export const recipes = states<typeof Table>({
  name: 'recipes',
  version: 1,
  table: 'recipes',
  streams: 'run',
  key: 'run',
  evolve: {
    RunQueued: (previous, { recipe }, _event, { run }) => moved(previous, run, recipe),
    RunStarted: (previous, { recipe }, _event, { run }) => moved(previous, run, recipe),
  },
});

function moved(previous: Row<typeof Table> | null, run: number, recipe: object): Row<typeof Table> {
  const text = encodeJson(recipe as Json);
  return previous?.recipe === text ? previous : { run, recipe: text };
}
