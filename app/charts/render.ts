// The one place that touches echarts: an option goes in, an SVG comes out, and no chart is left alive
// (an undisposed one keeps Node running). Only what our charts need is registered.
import { BarChart, HeatmapChart, LineChart, ScatterChart } from 'echarts/charts';
import { AxisPointerComponent, GridComponent, MarkLineComponent, TooltipComponent, VisualMapComponent } from 'echarts/components';
import * as echarts from 'echarts/core';
import { LabelLayout } from 'echarts/features';
import { SVGRenderer } from 'echarts/renderers';
import { revive } from '../web/browser/formats.ts';
import type { Option, Size } from './chart.ts';
import { theme } from './theme.ts';

echarts.use([
  AxisPointerComponent,
  BarChart,
  GridComponent,
  HeatmapChart,
  LabelLayout,
  LineChart,
  MarkLineComponent,
  ScatterChart,
  SVGRenderer,
  TooltipComponent,
  VisualMapComponent,
]);

/** The chart as echarts writes it; `svg.ts` makes it fit for a page or a file. */
export function renderSvg(option: Option, size: Size): string {
  const chart = echarts.init(null, theme, { renderer: 'svg', ssr: true, ...size });
  try {
    chart.setOption(revive(option));
    return chart.renderToSVGString();
  } finally {
    chart.dispose();
  }
}
