// Which of the compared groups is a fork of which: a line each, under the head.
import type { ComparePage } from '../../app/web/models/compare.ts';
import type { Fork } from '../../app/web/models/forks.ts';
import { asOf } from '../asOf.ts';
import { type Html, html, nothing } from '../html.ts';
import { address } from './address.ts';

export function lineage({ view }: ComparePage, { group, epoch, parent, others }: Fork): Html {
  const [other] = others;
  const named =
    parent !== null
      ? marked(parent)
      : other === undefined
        ? html`a run that is not in this ledger`
        : html`<a href="${asOf(view.at, `/runs/${other.id}`)}">${other.name}</a>${others.length > 1 ? ` and ${others.length - 1} more` : ''}`;
  const add =
    parent !== null || others.length === 0
      ? nothing
      : html` <a class="act small" href="${address(view, { runs: [view.runs, ...others.map(({ id }) => id)].join(',') })}">compare with it</a>`;
  return html`<p class="lineage"><strong>Fork</strong> <span>${marked(group)} begins at the end of epoch ${epoch} of ${named}.${add}</span></p>`;
}

function marked({ name, category }: Fork['group']): Html {
  return html`<i class="swatch k${category}"></i> ${name}`;
}
