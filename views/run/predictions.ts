// What the network takes for what: the confusion matrix of the last measured epoch, and precision and recall by class.

import type { ClassFigures } from '../../app/charts/confusion.ts';
import type { RunPage } from '../../app/web/models/run.ts';
import { figure } from '../charts/figure.ts';
import { accuracy } from '../format/metric.ts';
import { integer } from '../format/number.ts';
import { type Html, html, nothing } from '../html.ts';

export function predictionsSection({ predictions }: RunPage): Html {
  if (predictions === null) return nothing;
  const { chart, classes, epoch, images, error } = predictions;
  return html`<section class="section" id="predictions"><header><h2>Predictions</h2><p>${integer(images)} validation images, epoch ${epoch}.${
    error === null ? nothing : ` The largest error: ${error.truth} taken for ${error.predicted}, ${integer(error.count)} images.`
  }</p></header>
<div class="grid">${figure(chart)}${byClass(classes)}</div></section>`;
}

function byClass(classes: ClassFigures[]): Html {
  const low = lowEnd(classes);
  return html`<div class="frame"><header><h3>By class</h3><span class="small muted">%, worst first</span></header><table class="table still"><thead><tr><th scope="col">Class</th><th scope="col" class="n" aria-sort="ascending">F1 ↑</th><th scope="col" class="n">Precision</th><th scope="col" class="n">Recall</th><th scope="col" class="p1">○ precision, ● recall, ${low} to 100 %</th></tr></thead><tbody>${classes.map(
    (row) =>
      html`<tr><th scope="row">${row.name}</th><td class="n strong">${accuracy(row.f1)}</td><td class="n">${accuracy(row.precision)}</td><td class="n">${accuracy(row.recall)}</td><td class="p1">${dumbbell(row, low)}</td></tr>`,
  )}</tbody></table></div>`;
}

/** A round percentage below every figure. */
function lowEnd(classes: ClassFigures[]): number {
  const lowest = Math.min(...classes.flatMap(({ precision, recall }) => [precision, recall]).filter(Number.isFinite), 1);
  return Math.max(0, Math.floor(lowest * 20 - 0.2) * 5);
}

function dumbbell({ precision, recall }: ClassFigures, low: number): Html {
  if (!Number.isFinite(precision) || !Number.isFinite(recall)) return nothing;
  const at = (share: number) => (6 + ((share * 100 - low) / (100 - low)) * 128).toFixed(1);
  const [a, b] = [at(precision), at(recall)];
  return html`<svg class="dumbbell k1" viewBox="0 0 140 12" aria-hidden="true"><path class="ln thin" d="M${a} 6H${b}"/><circle class="pt hollow" cx="${a}" cy="6" r="3.5"/><circle class="pt" cx="${b}" cy="6" r="3.5"/></svg>`;
}
