// The network of a run as a table: what each layer takes and gives, its parameters and operations.
import type { Database } from 'better-sqlite3';
import { count, type Row, text } from './row.ts';

export interface LayerRow {
  name: string;
  kind: string;
  /** Channels, height, width. */
  input: [number, number, number];
  output: [number, number, number];
  parameters: number;
  flops: number;
}

export function layerQueries(database: Database): { layers(runId: string): LayerRow[] } {
  const layers = database.prepare<[string], Row>('SELECT * FROM v1_layers WHERE run_id = ? ORDER BY ordinal');
  return {
    layers: (runId) =>
      layers.all(runId).map((row) => ({
        name: text(row, 'layer'),
        kind: text(row, 'kind'),
        input: [count(row, 'in_channels'), count(row, 'in_height'), count(row, 'in_width')],
        output: [count(row, 'out_channels'), count(row, 'out_height'), count(row, 'out_width')],
        parameters: count(row, 'parameters'),
        flops: count(row, 'flops'),
      })),
  };
}
