// What a run found out at its start: its layers with their shapes, and the names of the classes.
import type { starts as Table } from '../../db/runs.ts';
import { encodeJson } from '../json.ts';
import { rows } from './projection.ts';

export const starts = rows<typeof Table>({
  name: 'starts',
  version: 2,
  table: 'starts',
  streams: 'run',
  line: true,
  row: {
    RunStarted: ({ layers, classes }, _event, { run }) => ({
      run,
      layers: encodeJson(
        layers.map(({ name, kind, input, output, parameters, flops }) => ({ name, kind, input, output, parameters, flops })),
      ),
      classes: encodeJson(classes),
    }),
  },
});
