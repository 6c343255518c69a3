// `/runs/:id`: one run from its headline figures down to its events. Each section is a file beside this one.
import type { RunPage } from '../../app/web/models/run.ts';
import { type Html, html } from '../html.ts';
import { batchNormSection } from './batchNorm.ts';
import { curvesSection } from './curves.ts';
import { eventsSection } from './events.ts';
import { figures } from './figures.ts';
import { head } from './head.ts';
import { keepingSection } from './keeping.ts';
import { measuredSection } from './measured.ts';
import { predictionsSection } from './predictions.ts';
import { recipeSection } from './recipe.ts';
import { tabs } from './tabs.ts';
import { timebar } from './timebar.ts';

export function runPage(page: RunPage): Html {
  return html`${head(page)}
${figures(page)}
${keepingSection(page)}
${tabs(page)}
${curvesSection(page)}
${batchNormSection(page)}
${predictionsSection(page)}
${measuredSection(page)}
${recipeSection(page)}
${eventsSection(page)}
${timebar(page)}`;
}
