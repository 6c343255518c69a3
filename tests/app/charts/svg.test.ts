// Pictures as they go into a page: nothing the content policy blocks, one picture for both themes, labels as text, and no chart
// that keeps the process alive.
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { Chart } from '../../../app/charts/chart.ts';
import { chartFile, chartJson, drawChart } from '../../../app/charts/draw.ts';
import { linesOption } from '../../../app/charts/lines.ts';
import type { Curve } from '../../../app/charts/series.ts';

const curve = (points: Curve['points'], more: Partial<Curve> = {}): Curve => ({
  name: 'validation',
  category: 1,
  style: 'line',
  points,
  ...more,
});

function chartOf(curves: Curve[], more: Partial<Chart> = {}): Chart {
  return {
    name: 'accuracy',
    title: 'Accuracy',
    unit: '%',
    finding: 'It rises from "40" to 90 & more',
    legend: [],
    shape: 'one',
    option: (size) =>
      linesOption({ curves, epochs: { first: 1, last: 4 }, y: { scale: 'linear', ticks: '@number', values: '@fixed 1| %' } }, size),
    table: () => ({ columns: [], rows: [] }),
    ...more,
  };
}
const rising = curve(
  [
    [1, 40],
    [2, 60],
    [3, 80],
    [4, 90],
  ],
  { label: 'val 90.0' },
);
const crosses = (svg: string) => [...svg.matchAll(/<path d="(M-1 -1L1 1M-1 1L1 -1)+"/g)].length;

describe('in a page', () => {
  const svg = drawChart(chartOf([rising]), { address: '/runs/a/charts/accuracy' }).svg.narrow;

  test('the picture is an image that states its finding', () => {
    expect(svg).toMatch(
      /^<svg class="chart n" viewBox="0 0 420 220" role="img" aria-label="It rises from &quot;40&quot; to 90 &amp; more">/,
    );
  });

  test('a line that ends near the lower edge lifts its label off the words of the axis', () => {
    const falling = curve(
      [
        [1, 100],
        [4, 0],
      ],
      { label: 'the end' },
    );
    const drawn = drawChart(chartOf([falling]), { address: '/runs/a/charts/loss' }).svg.narrow;
    const place = (text: string) => Number(drawn.match(new RegExp(`translate\\([\\d.]+ ([\\d.]+)\\)"[^>]*>${text}<`))?.[1]);
    expect(place('epoch 4') - place('the end')).toBeGreaterThan(15);
  });

  test('no style element or attribute, no attribute of the library, no colour that is not a token', () => {
    expect(svg).not.toMatch(/<style|style=|ecmeta|class="zr|xml:space/);
    expect(
      [...svg.matchAll(/(?:fill|stroke)="([^"]+)"/g)]
        .map(([, colour]) => colour)
        .filter((colour) => !/^(none|#000|var\(--[a-z0-9-]+\))$/.test(colour!)),
    ).toEqual([]);
  });

  test('the label at the end of a line is dressed by its category', () => {
    expect(svg).toMatch(/<text [^>]*class="lbl k1">val 90\.0<\/text>/);
  });

  test('the last epoch carries the unit', () => {
    expect(svg).toContain('>epoch 4</text>');
  });

  test('ids of two figures differ, and a figure drawn again is the same', () => {
    const ids = (text: string) => new Set([...text.matchAll(/ id="([^"]+)"/g)].map(([, id]) => id));
    const other = drawChart(chartOf([rising]), { address: '/runs/b/charts/accuracy' }).svg.narrow;
    expect(ids(svg).size).toBeGreaterThan(0);
    expect([...ids(svg)].filter((id) => ids(other).has(id))).toEqual([]);
    expect(drawChart(chartOf([rising]), { address: '/runs/a/charts/accuracy' }).svg.narrow).toBe(svg);
  });

  test('a wide chart brings a narrow twin', () => {
    const { wide, narrow } = drawChart(chartOf([rising], { shape: 'wide' }), { address: '/w' }).svg;
    expect(wide).toContain('class="chart only-wide" viewBox="0 0 880 340"');
    expect(narrow).toContain('class="chart n only-narrow" viewBox="0 0 420 300"');
  });
});

describe('values that are not numbers', () => {
  test('each leaves a cross on the lower edge and a gap in the line', () => {
    const lost = curve([
      [1, 40],
      [2, Number.NaN],
      [3, Number.POSITIVE_INFINITY],
      [4, 90],
    ]);
    const svg = drawChart(chartOf([lost]), { address: '/lost' }).svg.narrow;
    expect(crosses(svg)).toBe(2);
    expect(svg).toMatch(/matrix\(4,0,0,4,[\d.]+,196\)/);
    expect(crosses(drawChart(chartOf([rising]), { address: '/whole' }).svg.narrow)).toBe(0);
  });

  test('a value that is not there yet is a gap without a cross', () => {
    const svg = drawChart(
      chartOf([
        curve([
          [1, 40],
          [2, null],
          [3, 50],
        ]),
      ]),
      { address: '/gap' },
    ).svg.narrow;
    expect(crosses(svg)).toBe(0);
  });

  test('a chart without any value still has its axes', () => {
    expect(drawChart(chartOf([curve([])]), { address: '/none' }).svg.narrow).toContain('>epoch 4</text>');
  });
});

describe('outside a page', () => {
  test('a file brings its colours, its fonts and its finding', () => {
    const file = chartFile(chartOf([rising]));
    expect(file).toMatch(/^<svg xmlns="http:\/\/www\.w3\.org\/2000\/svg" viewBox="0 0 420 220" width="420" height="220"><title>It rises/);
    expect(file).not.toMatch(/var\(|style=|<style/);
    expect(file).toContain('font-size="12px"');
    expect(file).toContain('#2b62c6');
  });

  test('the option for the browser is plain JSON', () => {
    const data = chartJson(chartOf([rising]), { width: 700 });
    expect(JSON.parse(JSON.stringify(data))).toEqual(data);
  });

  test('a process that has drawn ends by itself', () => {
    const root = join(import.meta.dirname, '../../..');
    const script = `import { renderSvg } from './app/charts/render.ts'; console.log(renderSvg({ xAxis: { type: 'value' }, yAxis: { type: 'value' }, series: [{ type: 'line', data: [[0, 1], [1, 2]] }] }, { width: 100, height: 50 }).length > 100);`;
    expect(
      execFileSync(process.execPath, ['--input-type=module', '--eval', script], { cwd: root, encoding: 'utf8', timeout: 30_000 }),
    ).toBe('true\n');
  });
});
