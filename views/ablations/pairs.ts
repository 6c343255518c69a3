// One line a seed from the other level to the reference: parallel lines mean that the effect does not depend on the seed.

import type { AblationPage, ReportGroup, ReportLevel } from '../../app/web/models/ablation.ts';
import { unit } from '../charts/figure.ts';
import { accuracy, points } from '../format/metric.ts';
import { type Html, html, nothing } from '../html.ts';

interface Drawing {
  width: number;
  height: number;
  left: number;
  className: string;
}

const drawings: Drawing[] = [
  { width: 300, height: 180, left: 72, className: 'chart only-wide' },
  { width: 168, height: 150, left: 42, className: 'chart only-narrow' },
];

export function pairsSection({ groups }: AblationPage): Html {
  const figures = groups.flatMap((group) =>
    group.effects.filter(({ comparison }) => comparison.pairs.length > 0).map(({ level }) => pairsFigure(group, level)),
  );
  if (figures.length === 0) return nothing;
  return html`<section class="section"><header><h2>Pairs</h2><p>One line a seed, validation accuracy in %. Parallel lines: the effect does not depend on the seed.</p></header><div class="grid four">${figures}</div></section>`;
}

function pairsFigure(group: ReportGroup, level: ReportLevel): Html {
  const reference = group.levels[0]!;
  const { comparison } = group.effects.find((effect) => effect.level === level)!;
  const values = (of: ReportLevel) =>
    new Map((group.statistics.levels.find(({ value }) => value === of.value)?.observations ?? []).map((seen) => [seen.seed, seen.value]));
  const [from, to] = [values(level), values(reference)];
  const lines = comparison.pairs
    .map(({ seed }) => ({ seed, from: from.get(seed)!, to: to.get(seed)! }))
    .filter((line) => Number.isFinite(line.from) && Number.isFinite(line.to));
  const label = `${group.label}: ${lines.map((line) => `seed ${line.seed} from ${accuracy(line.from)} to ${accuracy(line.to)} %`).join(', ')}`;
  const mean = (side: 'from' | 'to') => lines.reduce((sum, line) => sum + line[side], 0) / lines.length;
  return html`<figure class="frame"><header><h3>${group.label.charAt(0).toUpperCase()}${group.label.slice(1)}</h3>${unit(`${group.setting === null ? '' : `${group.setting}, `}${points(comparison.mean)} points`)}</header>${drawings.map(
    ({ width, height, left, className }) => {
      const right = width - left;
      const { min, max } = group.pairsScale;
      const y = (share: number) => (height - 12 - ((share * 100 - min) / (max - min)) * (height - 44)).toFixed(1);
      return html`<svg class="${className}" viewBox="${`0 0 ${width} ${height}`}" role="img" aria-label="${label}"><g class="k1"><path class="gl" d="${`M${left} 22V${height - 8}`}"/><text class="mid" x="${left}" y="12">${level.heading}</text><path class="gl" d="${`M${right} 22V${height - 8}`}"/><text class="mid" x="${right}" y="12">${reference.heading}</text>${lines.map(
        (line) =>
          html`<path class="ln thin" d="${`M${left} ${y(line.from)}L${right} ${y(line.to)}`}"/><circle class="pt" cx="${left}" cy="${y(line.from)}" r="2.5"/><circle class="pt" cx="${right}" cy="${y(line.to)}" r="2.5"/>`,
      )}<path class="ln bold" d="${`M${left} ${y(mean('from'))}L${right} ${y(mean('to'))}`}"/><text class="ink b end" x="${left - 9}" y="${Number(y(mean('from'))) + 4}">${accuracy(mean('from'))}</text><text class="ink b" x="${right + 9}" y="${Number(y(mean('to'))) + 4}">${accuracy(mean('to'))}</text></g></svg>`;
    },
  )}</figure>`;
}
