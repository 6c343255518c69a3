// Gradient norm a layer, one dot a level on a log axis, the layers from the input down.

import type { ReportGroup } from '../../app/web/models/ablation.ts';
import type { GradientFlow } from '../../app/web/models/gradientFlow.ts';
import { significant } from '../format/number.ts';
import { type Html, html, nothing } from '../html.ts';

interface Drawing {
  width: number;
  className: string;
}

const drawings: Drawing[] = [
  { width: 320, className: 'chart forest only-wide' },
  { width: 130, className: 'chart forest only-narrow' },
];
const margin = 10;
const height = 28;

export function gradientFlowSection({ label, setting }: Pick<ReportGroup, 'label' | 'setting'>, flow: GradientFlow): Html {
  return html`<section class="section"><header><h2>Gradients on their way back${setting === null ? nothing : `, ${setting}`}</h2><p>Norm of each layer’s gradient at the last step of an epoch, mean over epochs and completed runs. The first layer stands on top; gradients come from below.</p></header>
<table class="table still"><caption class="sr">Gradient norm a layer, ${label}</caption><thead><tr><th scope="col">Layer</th>${flow.levels.map(
    ({ heading, category }) => html`<th scope="col" class="n"><i class="swatch k${category}"></i> ${heading}</th>`,
  )}<th scope="col" class="plot"><span class="sr">On a log axis</span>${axis(flow)}</th></tr></thead><tbody>${flow.layers.map(
    ({ layer, norms }) =>
      html`<tr><th scope="row">${layer}</th>${norms.map((norm) => html`<td class="n">${significant(norm)}</td>`)}<td class="plot">${dots(flow, norms)}</td></tr>`,
  )}</tbody></table>${reachWords(flow)}</section>`;
}

function place({ scale }: GradientFlow, width: number): (norm: number) => string {
  const [low, high] = [Math.log10(scale.min), Math.log10(scale.max)];
  return (norm) => (margin + ((Math.log10(norm) - low) / (high - low)) * (width - 2 * margin)).toFixed(1);
}

/** Ticks are round. */
const tick = (value: number): string => (value < 1e-4 || value >= 1e6 ? value.toExponential(0) : String(value));

function axis(flow: GradientFlow): Html {
  const { values } = flow.scale;
  return html`${drawings.map(({ width, className }) => {
    const x = place(flow, width);
    const every = Math.ceil((values.length * 34) / width);
    return html`<svg class="${className}" viewBox="${`0 0 ${width} 30`}" aria-hidden="true">${values
      .filter((_, index) => index % every === 0)
      .map((value) => html`<text class="mid" x="${x(value)}" y="26">${tick(value)}</text>`)}</svg>`;
  })}`;
}

function dots(flow: GradientFlow, norms: readonly (number | null)[]): Html {
  return html`${drawings.map(({ width, className }) => {
    const x = place(flow, width);
    return html`<svg class="${className}" viewBox="${`0 0 ${width} ${height}`}" aria-hidden="true">${flow.scale.values.map(
      (value) => html`<path class="gl" d="${`M${x(value)} -5V${height + 5}`}"/>`,
    )}${norms.map((norm, index) =>
      norm === null || !(norm > 0) || !Number.isFinite(norm)
        ? nothing
        : html`<circle class="pt k${flow.levels[index]!.category}" cx="${x(norm)}" cy="${height / 2}" r="4.5"/>`,
    )}</svg>`;
  })}`;
}

function reachWords({ reach, levels }: GradientFlow): Html {
  if (reach === null) return nothing;
  const shares = reach.shares.flatMap((share, index) => (share === null ? [] : [`${levels[index]!.heading} ${significant(share)}`]));
  return html`<p class="section-note">What reaches ${reach.first} of what enters ${reach.last}: ${shares.join(', ')}.</p>`;
}
