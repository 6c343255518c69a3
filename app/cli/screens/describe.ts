// The layers of a network in the terminal, with totals, and the same raw for other programs.
import type { LayerDescription, Recipe, Shape } from '../../../trainer/index.ts';
import { bytes, integer, si } from '../../../views/format/number.ts';
import { type RawCell, toCsv, toJson } from '../raw.ts';
import type { Screen } from '../terminal/screen.ts';
import { type Column, table } from '../terminal/table.ts';

export interface Described {
  recipe: Pick<Recipe, 'dataset' | 'batch'>;
  input: Shape;
  classes: number;
  layers: readonly LayerDescription[];
  threads: number;
  /** Of a training run: what an engine of so many threads takes for batches of the recipe's size. */
  memoryBytes: number;
}

const total = (layers: readonly LayerDescription[], of: 'parameters' | 'flops' | 'trainingFlops'): number =>
  layers.reduce((sum, layer) => sum + layer[of], 0);

/** `32 × 8 × 8`, a vector as one number. */
function shapeText([channels, height, width]: Shape): string {
  return height === 1 && width === 1 ? integer(channels) : `${integer(channels)} × ${height} × ${width}`;
}

/** Lines of the report; names are cut where the screen is too narrow. */
export function describedReport(
  { recipe, input, classes, layers, threads, memoryBytes }: Described,
  screen: Pick<Screen, 'paint' | 'width'>,
): string[] {
  const { paint } = screen;
  const sums = {
    name: 'total',
    output: '',
    parameters: integer(total(layers, 'parameters')),
    flops: si(total(layers, 'flops')),
    field: '',
  };
  const rows = [
    ...layers.map(({ name, output, parameters, flops, receptiveField: [down, across] }) => ({
      name,
      output: shapeText(output),
      parameters: parameters === 0 ? '' : integer(parameters),
      flops: flops === 0 ? '' : si(flops),
      field: `${down} × ${across}`,
    })),
    sums,
  ];
  type Row = (typeof rows)[number];
  const right = (title: string, cell: (row: Row) => string): Column<Row> => ({ title, cell, align: 'right' });
  const columns = [
    { title: 'layer', cell: ({ name }: Row) => name, shrinks: 'middle' as const },
    right('output', ({ output }) => output),
    right('parameters', ({ parameters }) => parameters),
    right('FLOPs', ({ flops }) => flops),
    right('receptive field', ({ field }) => field),
  ];
  const of = `${threads} ${threads === 1 ? 'thread' : 'threads'}`;
  return [
    `${paint.bold(recipe.dataset)}  ${paint.muted(`${shapeText(input)} · ${classes} classes`)}`,
    '',
    ...table(rows, columns, screen),
    '',
    `${paint.muted('operations')}  ${si(total(layers, 'flops'), 'FLOP')} an image forward, ${si(total(layers, 'trainingFlops'), 'FLOP')} in training`,
    `${paint.muted('memory')}      ${bytes(memoryBytes)} for batches of ${integer(recipe.batch)} on ${of}`,
  ];
}

const columns: readonly [title: string, cell: (layer: LayerDescription) => RawCell][] = [
  ['layer', ({ name }) => name],
  ['kind', ({ kind }) => kind],
  ['channels', ({ output }) => output[0]],
  ['height', ({ output }) => output[1]],
  ['width', ({ output }) => output[2]],
  ['parameters', ({ parameters }) => parameters],
  ['flops', ({ flops }) => flops],
  ['training_flops', ({ trainingFlops }) => trainingFlops],
  ['receptive_rows', ({ receptiveField }) => receptiveField[0]],
  ['receptive_columns', ({ receptiveField }) => receptiveField[1]],
];

/** CSV has the layers, JSON the totals too. */
export function rawDescription({ recipe, layers, threads, memoryBytes }: Described, format: 'csv' | 'json'): string {
  const titles = columns.map(([title]) => title);
  const rows = layers.map((layer) => columns.map(([, cell]) => cell(layer)));
  if (format === 'csv') return toCsv(titles, rows);
  const totals = {
    parameters: total(layers, 'parameters'),
    flops: total(layers, 'flops'),
    training_flops: total(layers, 'trainingFlops'),
    memory_bytes: memoryBytes,
    batch: recipe.batch,
    threads,
  };
  return JSON.stringify({ layers: JSON.parse(toJson(titles, rows)), totals }, null, 2);
}
