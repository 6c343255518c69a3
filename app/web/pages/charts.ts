// One chart under its address: without suffix a page with its table, `.csv`, `.svg`, and `.json` for the browser to draw it itself.
import type { Context } from 'hono';
import { RunledgerError } from '../../../trainer/errors.ts';
import { chartTable } from '../../../views/charts/table.ts';
import { layout } from '../../../views/layout.ts';
import type { Section } from '../../../views/shell.ts';
import type { Chart } from '../../charts/chart.ts';
import { chartFile, chartJson, drawChart } from '../../charts/draw.ts';
import { csv } from '../../charts/files.ts';
import type { WebEnv } from '../deps.ts';

export interface ChartRequest {
  /** Name with or without suffix. */
  file: string;
  read(name: string): Chart | null;
  address(name: string): string;
  back: { href: string; word: string };
  current: Section;
}

export function chartResponse(context: Context<WebEnv>, request: ChartRequest): Response | Promise<Response> {
  const [, name = '', suffix] = /^([a-z0-9-]+)(?:\.(csv|svg|json))?$/.exec(request.file) ?? [];
  const chart = name === '' ? null : request.read(name);
  if (chart === null)
    throw new RunledgerError('chart.unknown', `There is no chart “${request.file}”.`, { help: `Charts stand on ${request.back.href}` });
  switch (suffix) {
    case 'csv':
      return context.body(csv(chart.table()), 200, {
        'Content-Type': 'text/csv; charset=utf-8',
        'Content-Disposition': `attachment; filename="${name}.csv"`,
      });
    case 'svg':
      return context.body(chartFile(chart), 200, {
        'Content-Type': 'image/svg+xml; charset=utf-8',
        'Content-Disposition': `inline; filename="${name}.svg"`,
      });
    case 'json':
      return context.json(chartJson(chart, askedSize(context.req.query())));
    default: {
      const drawn = drawChart(chart, { address: request.address(name), query: new URL(context.req.url).search });
      return context.html(
        layout(context.get('shell'), {
          title: chart.title,
          current: request.current,
          body: chartTable({ drawn, table: chart.table(), back: request.back }),
          scripts: ['browser/charts.ts'],
        }),
      );
    }
  }
}

/** Pixels a browser has room for; what is no sensible size is left to the chart. */
function askedSize(query: Record<string, string>): { width?: number; height?: number } {
  const [width, height] = [query.width, query.height].map(Number);
  const sensible = (pixels: number | undefined): pixels is number => pixels !== undefined && pixels >= 100 && pixels <= 4000;
  return { ...(sensible(width) && { width }), ...(sensible(height) && { height }) };
}
