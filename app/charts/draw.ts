// Draws charts for pages and files, and remembers what it drew: a chart is drawn again only when its data changed.
import { createHash } from 'node:crypto';
import { type Chart, type Option, type Size, sizesOf } from './chart.ts';
import { renderSvg } from './render.ts';
import { forFile, forPage } from './svg.ts';
import { theme } from './theme.ts';
import { withLightValues } from './tokens.ts';

/** A chart with its pictures: what a figure of a page shows. */
export interface DrawnChart {
  chart: Pick<Chart, 'name' | 'title' | 'unit' | 'finding' | 'legend' | 'shape'> & Partial<Pick<Chart, 'scale' | 'caption'>>;
  /** Markup, one element; `wide` and `narrow` twins where the chart has two columns. */
  svg: { wide?: string; narrow: string };
  /** Without suffix: `/runs/…/charts/accuracy`; `.csv`, `.svg` and `.json` stand beside it. */
  address: string;
  /** What follows the suffix, from the question mark. */
  query: string;
}

export interface Where {
  address: string;
  query?: string;
}

const kept = new Map<string, string>();
/** About 30 kB a picture: some 15 MB at most. */
const mostKept = 512;

/** Both sizes, ready for the page. Ids come from the address, so that figures of one page never share one. */
export function drawChart(chart: Chart, where: Where): DrawnChart {
  const sizes = sizesOf(chart);
  const id = where.address.replace(/[^a-z0-9]+/gi, '-').replace(/^-/, 'c-');
  const finish = { label: chart.finding };
  const narrow = (svg: string) => forPage(svg, { ...finish, id: `${id}-n`, className: sizes.wide ? 'chart n only-narrow' : 'chart n' });
  const wide = (svg: string) => forPage(svg, { ...finish, id: `${id}-w`, className: 'chart only-wide' });
  const { name, title, unit, finding, legend, shape, scale, caption } = chart;
  return {
    chart: { name, title, unit, finding, legend, shape, ...(scale && { scale }), ...(caption && { caption }) },
    svg: {
      narrow: narrow(picture(chart.option(sizes.narrow), sizes.narrow)),
      ...(sizes.wide && { wide: wide(picture(chart.option(sizes.wide), sizes.wide)) }),
    },
    address: where.address,
    query: where.query ?? '',
  };
}

/** A file of its own, in the colours of the light theme. */
export function chartFile(chart: Chart): string {
  const { wide, narrow } = sizesOf(chart);
  const size = wide ?? narrow;
  return withLightValues(forFile(picture(chart.option(size), size), chart.finding));
}

/** What the browser needs to draw the chart itself at its true size: colours still by token. */
export function chartJson(chart: Chart, size: Partial<Size>): { theme: Option; option: Option } {
  const { narrow } = sizesOf(chart);
  return { theme, option: chart.option({ width: size.width ?? narrow.width, height: size.height ?? narrow.height }) };
}

function picture(option: Option, size: Size): string {
  const key = createHash('sha256')
    .update(JSON.stringify([option, size]))
    .digest('base64');
  const found = kept.get(key);
  if (found !== undefined) {
    kept.delete(key);
    kept.set(key, found);
    return found;
  }
  const svg = renderSvg(option, size);
  kept.set(key, svg);
  if (kept.size > mostKept) kept.delete(kept.keys().next().value as string);
  return svg;
}
