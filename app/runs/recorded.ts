// What a run's own events say of it before anybody trains it again: what was asked for, what it began with. And what forbids to: other numerics or
// other images give other bits.
import { type DataSet, NUMERICS, parseRecipe, type Recipe, RunledgerError } from '../../trainer/index.ts';
import { grouped, runReference } from '../../views/format/identity.ts';
import type { EventData } from '../ledger/catalogue/index.ts';
import type { StoredEvent } from '../ledger/ports.ts';
import type { Written } from './written.ts';

/** As it was asked for. Recipes of older versions get the defaults of what they could not say. */
export function requestOf(events: readonly StoredEvent[]): { name: string | null; recipe: Recipe } {
  const asked = events.find(({ type }) => type === 'RunQueued' || type === 'RunStarted')!.data as Partial<EventData<'RunQueued'>>;
  return { name: asked.name ?? null, recipe: parseRecipe(asked.recipe) };
}

/** What the first attempt found out at its start. */
export function startOf(events: readonly StoredEvent[]): EventData<'RunStarted'> | undefined {
  return events.find(({ type }) => type === 'RunStarted')?.data as EventData<'RunStarted'> | undefined;
}

/** Error `run.numerics`: other bits would come out. */
export function refuseOtherNumerics(runId: string, events: readonly StoredEvent[]): void {
  const numerics = startOf(events)?.numerics ?? NUMERICS;
  if (numerics === NUMERICS) return;
  throw new RunledgerError('run.numerics', `${runReference(runId)} has numerics ${numerics}, this program computes with ${NUMERICS}`, {
    help: 'use the version of runledger that recorded it; it can be shown and compared with this one too',
  });
}

/** Error `run.dataset` where the images are not those that the run began with. */
export function refuseOtherData(
  { runId, datasetFingerprint: trained }: { runId: string; datasetFingerprint: string | null },
  dataset: DataSet,
): void {
  if (trained === null || trained === dataset.fingerprint) return;
  const [then, now] = [trained, dataset.fingerprint].map((fingerprint) => grouped(fingerprint, 16));
  throw new RunledgerError('run.dataset', `${runReference(runId)} was trained on ${dataset.name} ${then}, here is ${now}`, {
    help: 'bring back the files that it was trained on',
  });
}

/** A recorded recipe as something that settings can change; mistakes are the settings' own. */
export const writtenAs = (runId: string, recipe: Recipe): Written => ({
  path: runReference(runId),
  value: recipe,
  locate: (error) => error,
});
