// Begins a new run at the end of an epoch of another one, with other settings. The state goes over, the record does not: a fork has its own
// from there on, and its parent in its history.
import { configurationId, type DataSet, encodeCheckpoint, type Recipe, RunledgerError, resolveNetwork } from '../../trainer/index.ts';
import { runReference } from '../../views/format/identity.ts';
import type { EventData } from '../ledger/catalogue/index.ts';
import type { Json } from '../ledger/ports.ts';
import { applicationEvent, commit, type RecordingHost } from './events.ts';
import { survivingLine } from './line.ts';
import { forkOrigin } from './origins.ts';
import { buildRecipe, checkFit, type Setting } from './recipes.ts';
import type { Attempt } from './record.ts';
import { refuseOtherData, requestOf, startOf, writtenAs } from './recorded.ts';
import { epochOf, type StateOptions, stateAt } from './stateAt.ts';

export interface ForkRequest {
  parentId: string;
  /** At the end of which it begins. */
  epoch: number;
  settings: readonly Setting[];
  /** By default the parent's name, the epoch and the settings. */
  name: string | null;
  tags: string[];
}

/** A recipe to be forked, before any state is made. */
export interface ForkPlan extends ForkRequest {
  recipe: Recipe;
  parent: { name: string | null; recipe: Recipe; configurationId: string; datasetFingerprint: string };
  measured: { event: string; step: number; validation: EventData<'RunForked'>['validation'] };
}

/**
 * Errors: `run.epoch`, those of settings, and `fork.setting` for what a state cannot be carried over to: another data set, split, arithmetic,
 * kind of optimizer, or parameters of other shapes.
 */
export async function planFork({ ledger }: Pick<RecordingHost, 'ledger'>, request: ForkRequest): Promise<ForkPlan> {
  const { parentId, epoch, settings } = request;
  const events = await ledger.log.read(`run/${parentId}`);
  const measured = epochOf(parentId, survivingLine(events), epoch);
  const { name, recipe: parentRecipe } = requestOf(events);
  const recipe = buildRecipe(writtenAs(parentId, parentRecipe), settings);
  refuseOther(parentRecipe, recipe, settings);
  if (recipe.epochs <= epoch) {
    throw new RunledgerError('fork.epochs', `a fork of epoch ${epoch} with ${recipe.epochs} epochs has nothing to train`, {
      help: `train on with  --set epochs=${epoch + 10}`,
    });
  }
  const started = startOf(events)!;
  // What is projected for the parent, parents of its own included.
  const configuration = ledger.database.prepare<[string], string>('SELECT config_id FROM v1_runs WHERE run_id = ?').pluck().get(parentId);
  const { datasetFingerprint } = started;
  return {
    ...request,
    recipe,
    parent: {
      name,
      recipe: parentRecipe,
      configurationId: configuration ?? configurationId(parentRecipe, datasetFingerprint),
      datasetFingerprint,
    },
    measured: { event: measured.id, step: measured.data.step, validation: measured.data.validation },
  };
}

/** Makes the state, keeps it, and queues the run; this process holds its lease from then on. Errors: those of `stateAt`, `recipe.shape`. */
export async function queueFork(host: RecordingHost, plan: ForkPlan, dataset: DataSet, options: StateOptions): Promise<Attempt> {
  const { parentId, epoch, recipe, parent, measured } = plan;
  refuseOtherData({ runId: parentId, datasetFingerprint: parent.datasetFingerprint }, dataset);
  checkFit(recipe, dataset, writtenAs(parentId, recipe), plan.settings);
  refuseOtherShapes(parent.recipe, recipe, dataset);
  const { checkpoint } = await stateAt(host, parentId, epoch, dataset, options);
  const sha256 = await host.ledger.blobs.put(encodeCheckpoint(checkpoint).bytes);
  const runId = host.newId();
  await host.ledger.leases.hold(runId);
  const queued = { recipe, name: plan.name ?? forkName(plan), tags: plan.tags, sweep: null };
  const forked: EventData<'RunForked'> = {
    parent: parentId,
    parentConfiguration: parent.configurationId,
    ...measured,
    epoch,
    checkpoint: sha256,
  };
  await commit(host, `run/${runId}`, 0, [
    applicationEvent(host, 'RunQueued', queued as unknown as Json),
    { ...applicationEvent(host, 'RunForked', forked as Json), blob: sha256 },
  ]);
  return { runId, recipe, attempt: 1, version: 2, from: forkOrigin(forked, checkpoint) };
}

/** `seed-cnn at 5, gamma 0.5`. */
export function forkName({ parent, parentId, epoch, settings }: Pick<ForkPlan, 'parent' | 'parentId' | 'epoch' | 'settings'>): string {
  const said = settings.map(({ path, value }) => `${path.split('.').at(-1)} ${typeof value === 'string' ? value : JSON.stringify(value)}`);
  return [`${parent.name ?? runReference(parentId)} at ${epoch}`, ...said].join(', ');
}

function refuseOther(before: Recipe, after: Recipe, settings: readonly Setting[]): void {
  const fixed = (recipe: Recipe): Record<string, unknown> => ({
    dataset: recipe.dataset,
    split: recipe.split,
    preprocess: recipe.preprocess,
    arithmetic: recipe.arithmetic,
    'optimizer.type': recipe.optimizer.type,
  });
  const [ours, theirs] = [fixed(before), fixed(after)];
  const changed = Object.keys(ours).find((key) => JSON.stringify(ours[key]) !== JSON.stringify(theirs[key]));
  if (changed === undefined) return;
  throw new RunledgerError(
    'fork.setting',
    `${changed} is ${JSON.stringify(theirs[changed])}, in the parent ${JSON.stringify(ours[changed])}`,
    {
      place: settings.find(({ path }) => changed.startsWith(path.split('.')[0]!))?.place,
      help: 'a fork takes over what its parent learned: data, arithmetic and kind of optimizer stay; train a new run for the rest',
    },
  );
}

/** Every learned value must find its place. */
function refuseOtherShapes(before: Recipe, after: Recipe, { shape, classes }: DataSet): void {
  const shapesOf = ({ network }: Recipe): Map<string, string> => {
    const { parameters } = resolveNetwork(network, [shape.channels, shape.height, shape.width], classes.length);
    return new Map(parameters.map(({ name, shape: of }) => [name, of.join(' × ')]));
  };
  const [ours, theirs] = [shapesOf(before), shapesOf(after)];
  const odd = [...new Set([...ours.keys(), ...theirs.keys()])].find((name) => ours.get(name) !== theirs.get(name));
  if (odd === undefined) return;
  throw new RunledgerError(
    'fork.setting',
    `${odd} is ${theirs.get(odd) ?? 'absent'} in the fork, ${ours.get(odd) ?? 'absent'} in its parent`,
    {
      place: 'network',
      help: 'a fork takes over what its parent learned, so every parameter keeps its shape; train a new run for another network',
    },
  );
}
