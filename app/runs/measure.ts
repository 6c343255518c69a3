// Measures metrics of a run after the fact: makes the state of each epoch, asks the trainer, and appends what it says behind the run's own
// facts. What has been measured under the same settings is not measured again.
import type { Database } from 'better-sqlite3';
import packageJson from '../../package.json' with { type: 'json' };
import {
  type DataSet,
  describeHost,
  type MetricTask,
  metricTask,
  NUMERICS,
  openMeasuring,
  type Part,
  parseRecipe,
  type Recipe,
  RunledgerError,
  type Verdicts,
} from '../../trainer/index.ts';
import { runReference } from '../../views/format/identity.ts';
import type { EventData } from '../ledger/catalogue/index.ts';
import type { Json } from '../ledger/ports.ts';
import { appendNext, applicationEvent, type RecordingHost } from './events.ts';
import { type Measurement, measurementKey, measurementQueries } from './measurements.ts';
import { buildRecipe, type Setting } from './recipes.ts';
import { refuseOtherData, writtenAs } from './recorded.ts';
import { type StateOptions, statesAt } from './stateAt.ts';
import { rememberedVerdicts } from './verdicts.ts';

export interface MeasureRequest {
  runId: string;
  metrics: readonly string[];
  /** The last one by default. */
  epochs: number | 'every' | undefined;
  part: Part;
  /** Another policy than the recipe's own. */
  augment: Setting | undefined;
}

export interface MeasurePlan {
  runId: string;
  recipe: Recipe;
  datasetFingerprint: string | null;
  part: Part;
  tasks: MetricTask[];
  epochs: number[];
  /** What the ledger has of it already. */
  known: Measurement[];
  /** By epoch, ascending, what is left to measure. */
  missing: { epoch: number; tasks: MetricTask[] }[];
}

export interface MeasureOptions extends StateOptions {
  /** The state of an epoch is at hand. */
  onState?: (epoch: number) => void;
  /** Images that the metric under way has looked at. */
  onImages?: (metric: string, done: number, images: number) => void;
  /** Committed. */
  onMeasured?: (measurement: Measurement, replayed: boolean) => void;
  /** Tests bring none. */
  verdicts?: Verdicts;
}

/** Errors: `run.epoch`, `metric.unknown`, `metric.augment`, and those of a policy as in a recipe. */
export async function planMeasuring(
  { ledger: { database } }: { ledger: Pick<RecordingHost['ledger'], 'database'> },
  { runId, metrics, epochs: asked, part, augment }: MeasureRequest,
): Promise<MeasurePlan> {
  const { recipe, datasetFingerprint } = startOf(database, runId);
  const policy = augment === undefined ? recipe.augment : buildRecipe(writtenAs(runId, recipe), [augment]).augment;
  const tasks = await Promise.all([...new Set(metrics)].map((name) => metricTask(name, part, { augment: policy }, augment !== undefined)));
  const epochs = epochsOf(database, runId, asked);
  const before = new Map(
    measurementQueries(database)
      .of(runId)
      .map((measurement) => [measurementKey(measurement), measurement]),
  );
  const wanted = epochs.map((epoch) => ({
    epoch,
    tasks: tasks.map((task) => ({ task, known: before.get(measurementKey({ ...task, epoch })) })),
  }));
  return {
    runId,
    recipe,
    datasetFingerprint,
    part,
    tasks,
    epochs,
    known: wanted.flatMap((of) => of.tasks.flatMap(({ known }) => known ?? [])),
    missing: wanted
      .map((of) => ({ epoch: of.epoch, tasks: of.tasks.filter(({ known }) => known === undefined).map(({ task }) => task) }))
      .filter((of) => of.tasks.length > 0),
  };
}

function startOf(database: Database, runId: string): Pick<MeasurePlan, 'recipe' | 'datasetFingerprint'> {
  const columns = 'recipe, dataset_fingerprint AS datasetFingerprint';
  type Row = { recipe: string; datasetFingerprint: string | null };
  const row = database.prepare<[string], Row>(`SELECT ${columns} FROM v1_runs WHERE run_id = ?`).get(runId) as Row;
  return { recipe: parseRecipe(JSON.parse(row.recipe)), datasetFingerprint: row.datasetFingerprint };
}

function epochsOf(database: Database, runId: string, asked: number | 'every' | undefined): number[] {
  const all = database.prepare<[string], number>('SELECT epoch FROM v1_epochs WHERE run_id = ? ORDER BY epoch').pluck().all(runId);
  const last = all.at(-1);
  if (last === undefined) {
    throw new RunledgerError('run.epoch', `${runReference(runId)} has no whole epoch to measure`, { help: 'wait for its first epoch' });
  }
  if (asked === 'every') return all;
  const epoch = asked ?? last;
  if (all.includes(epoch)) return [epoch];
  throw new RunledgerError('run.epoch', `${runReference(runId)} has no epoch ${epoch}`, { help: `it has epochs ${all[0]} to ${last}` });
}

/** Measures what is missing, epoch by epoch, and keeps each number as soon as it is there. Rejects with an AbortError where it is stopped. */
export async function measureMissing(host: RecordingHost, plan: MeasurePlan, dataset: DataSet, options: MeasureOptions): Promise<void> {
  const { runId, recipe, missing } = plan;
  const { threads, signal, onState, onImages, onMeasured, verdicts = rememberedVerdicts() } = options;
  refuseOtherData({ runId, datasetFingerprint: plan.datasetFingerprint }, dataset);
  let under = '';
  const measuring = await openMeasuring(recipe, dataset, {
    clock: host.clock,
    threads,
    signal,
    verdicts,
    progress: (done, images) => onImages?.(under, done, images),
  });
  try {
    const epochs = missing.map(({ epoch }) => epoch);
    for await (const { epoch, checkpoint, replayed } of statesAt(host, runId, epochs, dataset, options)) {
      onState?.(epoch);
      for (const task of missing.find((of) => of.epoch === epoch)!.tasks) {
        signal.throwIfAborted();
        under = task.metric;
        const startedAt = host.clock();
        const values = await measuring.measure({ epoch, state: checkpoint.state }, task);
        const data: EventData<'MetricMeasured'> = { ...task, epoch, settings: task.settings as Json, values };
        const measured = {
          ...describeHost(),
          runledger: packageJson.version,
          numerics: NUMERICS,
          threads,
          seconds: (host.clock() - startedAt) / 1000,
        };
        await appendNext(host, `run/${runId}/after`, { ...applicationEvent(host, 'MetricMeasured', data as Json), measured });
        onMeasured?.({ ...task, epoch, settings: task.settings as Json, values: new Map(Object.entries(values)) }, replayed);
      }
    }
  } finally {
    measuring.dispose();
  }
}
