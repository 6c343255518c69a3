// The look of every chart in echarts' own terms: hairlines across, ticks below, no legend inside, text in the muted ink.
// Series settings that differ by meaning (training, band, mean) stand in series.ts.
import { token } from './tokens.ts';

const text = { fontFamily: 'sans-serif', fontSize: 12, color: token('muted') };
const line = { color: token('rule-strong'), width: 1 };

const labels = { ...text, margin: 8, hideOverlap: true };
const tick = { length: 4, lineStyle: line };
const hairline = { color: token('grid'), width: 1, type: 'solid' };

const across = {
  axisLine: { show: false, lineStyle: line },
  axisTick: { show: false, ...tick },
  axisLabel: labels,
  splitLine: { show: true, lineStyle: hairline },
  splitArea: { show: false },
};
const along = {
  axisLine: { show: true, lineStyle: line },
  axisTick: { show: true, ...tick },
  axisLabel: labels,
  splitLine: { show: false, lineStyle: hairline },
  splitArea: { show: false },
};

/** For `echarts.init`, on the server and, with the tokens resolved, in the browser. */
export const theme = {
  backgroundColor: 'transparent',
  animation: false,
  textStyle: text,
  categoryAxis: along,
  valueAxis: across,
  logAxis: across,
  line: { symbol: 'circle', symbolSize: 6, showSymbol: false, smooth: false, lineStyle: { width: 1.75, cap: 'round', join: 'round' } },
  heatmap: { itemStyle: { borderWidth: 0.6, borderColor: token('paper') } },
  axisPointer: { lineStyle: { color: token('muted'), width: 1, type: [2, 3] }, label: { show: false } },
  tooltip: {
    renderMode: 'richText',
    backgroundColor: token('surface'),
    borderColor: token('rule-strong'),
    borderWidth: 1,
    borderRadius: 3,
    padding: [6, 9],
    confine: true,
    transitionDuration: 0,
    textStyle: { color: token('text'), fontSize: 12, fontFamily: 'sans-serif' },
  },
};
