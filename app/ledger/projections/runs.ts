// One row a run: what it is, how far it is, how it ended. The runs table and every page's head read it. It moves with epochs, not with blocks
// of steps: within an epoch the view looks at those.
import { configurationId, everyLayer, type ParentConfiguration, type Recipe } from '../../../trainer/index.ts';
import type { runs as Table } from '../../db/runs.ts';
import type { EventData } from '../catalogue/index.ts';
import type { StoredEvent } from '../ports.ts';
import { measured, measuredInteger, measuredText, type Row, states } from './projection.ts';

type RunRow = Row<typeof Table>;
type RecipeData = EventData<'RunQueued'>['recipe'];

export const runs = states<typeof Table>({
  name: 'runs',
  version: 4,
  table: 'runs',
  streams: 'run',
  key: 'runId',
  evolve: {
    RunQueued: (previous, data, event, { id }) => ({
      ...(previous ?? newRun(id, event.position)),
      ...ofRecipe(data.recipe),
      name: data.name,
      tags: joinTags(data.tags),
      sweepId: data.sweep?.id ?? null,
      trial: data.sweep?.trial ?? null,
      queuedAt: event.recordedAt,
    }),
    RunStarted: (previous, data, event, { id }) => ({
      ...(previous ?? newRun(id, event.position)),
      ...ofRecipe(data.recipe),
      status: 'running',
      attempt: event.attempt,
      startedAt: event.recordedAt,
      configId: configurationId(data.recipe as unknown as Recipe, data.datasetFingerprint, parentOf(previous)),
      datasetFingerprint: data.datasetFingerprint,
      numerics: data.numerics,
      parameters: data.parameterCount,
      flopsPerSample: data.flopsPerSample,
      stepsPerEpoch: data.stepsPerEpoch,
      backend: measuredText(event, 'backend'),
      threads: measuredInteger(event, 'threads'),
    }),
    RunForked: (previous, data) =>
      previous && { ...previous, parentRunId: data.parent, parentEpoch: data.epoch, parentConfigId: data.parentConfiguration },
    // Back to where the run stood then; what it is called, and where it was forked from, has nothing to do with that.
    RunResumed: (previous, data, _event, _subject, then) =>
      previous &&
      then && {
        ...then,
        ...ofName(previous),
        status: 'running',
        attempt: data.attempt,
        endedAt: null,
        stepsDone: data.step,
        secondsBefore: previous.status === 'stopped' && previous.stepsDone === data.step ? previous.seconds : then.seconds,
      },
    EpochMeasured: (previous, data, event) =>
      previous && {
        ...previous,
        epochsDone: data.epoch,
        stepsDone: data.step,
        seconds: (previous.seconds ?? 0) + (measured(event, 'seconds') ?? 0),
        samplesPerSecond: measured(event, 'samplesPerSecond'),
        trainLoss: data.train.loss,
        trainAccuracy: data.train.accuracy,
        valLoss: data.validation.loss,
        valAccuracy: data.validation.accuracy,
        bestEpoch: data.best.epoch,
        bestValAccuracy: data.best.validationAccuracy,
        bestValLoss: data.best.epoch === data.epoch ? data.validation.loss : previous.bestValLoss,
        weightsSha256: data.weightsSha256,
      },
    RunCompleted: (previous, data, event) =>
      previous && {
        ...previous,
        status: 'completed',
        endedAt: event.recordedAt,
        seconds: secondsOf(previous, event),
        epochsDone: data.epochs,
        stepsDone: data.steps,
        trainLoss: data.final.train.loss,
        trainAccuracy: data.final.train.accuracy,
        valLoss: data.final.validation.loss,
        valAccuracy: data.final.validation.accuracy,
        testLoss: data.final.test.loss,
        testAccuracy: data.final.test.accuracy,
        bestEpoch: data.best.epoch,
        bestValLoss: data.best.validation.loss,
        bestValAccuracy: data.best.validation.accuracy,
        bestTestLoss: data.best.test.loss,
        bestTestAccuracy: data.best.test.accuracy,
        weightsSha256: data.weightsSha256,
        fingerprint: data.fingerprint,
      },
    RunFailed: (previous, data, event, { id }) => ({
      ...(previous ?? newRun(id, event.position)),
      status: 'failed',
      endedAt: event.recordedAt,
      seconds: secondsOf(previous, event),
      errorCode: data.code,
      errorMessage: data.message,
      errorHelp: data.help,
    }),
    RunStopped: (previous, data, event) =>
      previous && {
        ...previous,
        status: 'stopped',
        endedAt: event.recordedAt,
        seconds: secondsOf(previous, event),
        stepsDone: Math.max(previous.stepsDone, data.step),
      },
    RunInterrupted: (previous, _data, event) => previous && { ...previous, status: 'interrupted', endedAt: event.recordedAt },
    RunNamed: (previous, data) => previous && { ...previous, name: data.name },
    RunTagged: (previous, data) => {
      if (previous === null) return null;
      const kept = previous.tags.split(',').filter((tag) => tag !== '' && !data.remove.includes(tag));
      return { ...previous, tags: joinTags([...kept, ...data.add]) };
    },
    RunArchived: (previous, data) => previous && { ...previous, archived: Number(data.archived) },
    RunReplayed: (previous, data) => previous && { ...previous, replayed: data.verdict },
  },
});

function parentOf(run: RunRow | null): ParentConfiguration | null {
  if (!run?.parentConfigId || !run.parentEpoch) return null;
  return { configurationId: run.parentConfigId, epoch: run.parentEpoch };
}

/** What is no fact of its training: its parent, what users say of it, and what others found out about it. */
function ofName({ name, tags, archived, replayed, parentRunId, parentEpoch, parentConfigId }: RunRow): Partial<RunRow> {
  return { name, tags, archived, replayed, parentRunId, parentEpoch, parentConfigId };
}

/** An attempt's own seconds, and those before it. */
function secondsOf(previous: RunRow | null, event: StoredEvent): number | null {
  const seconds = measured(event, 'seconds');
  if (seconds === null) return previous?.seconds ?? null;
  return (previous?.secondsBefore ?? 0) + seconds;
}

function newRun(runId: string, firstPosition: number): RunRow {
  return { runId, firstPosition, status: 'queued', attempt: 0, archived: 0, tags: '', epochsDone: 0, stepsDone: 0 };
}

function ofRecipe(recipe: RecipeData): Partial<RunRow> {
  const layers = everyLayer(recipe.network);
  const layersOf = (kind: string) => layers.filter((layer) => layer.kind === kind);
  return {
    dataset: recipe.dataset,
    seed: recipe.seed,
    batchNorm: Number(['batchNorm2d', 'batchNorm1d'].some((kind) => layersOf(kind).length > 0)),
    optimizer: recipe.optimizer.type,
    lr: recipe.optimizer.lr,
    schedule: recipe.schedule.type,
    augment: recipe.augment.map(({ kind }) => kind).join(',') || 'none',
    dropout: Math.max(0, ...['dropout', 'dropout2d'].flatMap(layersOf).map(({ p }) => (typeof p === 'number' ? p : 0))),
    batch: recipe.batch,
    epochs: recipe.epochs,
    arithmetic: recipe.arithmetic,
  };
}

function joinTags(tags: string[]): string {
  return [...new Set(tags)].sort().join(',');
}
