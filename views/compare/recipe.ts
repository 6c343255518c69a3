// What differs between the recipes, and nothing else; all settings on request.
import type { ComparePage } from '../../app/web/models/compare.ts';
import { type Html, html, nothing } from '../html.ts';
import { address, link } from './address.ts';

export function recipeSection({ view, groups, recipe }: ComparePage): Html {
  const differing = recipe.filter(({ differs }) => differs);
  const rows = view.allSettings ? recipe : differing;
  return html`<section class="section" id="recipes"><header><h2>Recipes</h2><p>${view.allSettings ? 'Every setting.' : 'What differs, nothing else.'}</p><div class="end"><span class="seg">${link(view, { allSettings: false }, 'differences', !view.allSettings, '#recipes')}${link(view, { allSettings: true }, `all ${recipe.length}`, view.allSettings, '#recipes')}</span></div></header>
<div class="grid"><div class="span2">${
    rows.length === 0
      ? html`<p class="muted">The recipes are the same.</p>`
      : html`<section class="scroll" tabindex="0" aria-label="Recipes beside each other"><table class="diff even"><thead><tr><th scope="col">Path</th>${groups.map((group) => html`<th scope="col"><i class="swatch k${group.category}"></i> ${group.label}</th>`)}</tr></thead><tbody>${rows.map(
          ({ path, values }) =>
            html`<tr><th scope="row">${path}</th>${values.map((value, index) => setting(value, values[0]!, index === 0))}</tr>`,
        )}</tbody></table></section>`
  }${
    view.allSettings || recipe.length === differing.length
      ? nothing
      : html`<p class="small muted section-note">${recipe.length - differing.length} other settings are the same. <a href="${address(view, { allSettings: true })}#recipes">Show all</a></p>`
  }</div>${shared}</div></section>`;
}

function setting(value: string | null, baseline: string | null, first: boolean): Html {
  if (first) return value === null ? html`<td class="muted">absent</td>` : html`<td>${value}</td>`;
  if (value === baseline) return html`<td class="muted">same</td>`;
  return value === null ? html`<td class="was">absent</td>` : html`<td class="is">${value}</td>`;
}

const shared = html`<div class="frame prose"><header><h3>What is shared</h3></header><p class="read">Runs of one seed see the same images in the same order with the same crops and flips, and start from the same value of every parameter both have. So each difference above is between twins, not between strangers.</p></div>`;
