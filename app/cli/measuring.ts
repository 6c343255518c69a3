// Measures what a plan lacks and shows how far it is: a bar in a terminal, a line a measurement in a pipe. Ctrl-C ends it between two batches.
import type { Progress } from '../../trainer/index.ts';
import type { Ledger } from '../ledger/index.ts';
import { createRecordingHost } from '../runs/host.ts';
import { type MeasurePlan, measureMissing } from '../runs/measure.ts';
import type { DataSetLoader } from './commands/train.ts';
import type { CliContext } from './context.ts';
import { type Measuring, measuringLine } from './screens/measured.ts';

export function followMeasuring(
  context: CliContext,
  ledger: Ledger,
  plan: MeasurePlan,
  threads: number,
  load: DataSetLoader,
): Promise<void> {
  return context.interruptible(async (signal) => {
    const host = createRecordingHost(ledger, context.host.clock);
    const progress = await context.progress();
    const { missing } = plan;
    let state: Measuring = { done: 0, epochs: missing.length, epoch: missing[0]!.epoch, metric: null, share: 0, training: null };
    const show = (change: Partial<Measuring>): void => {
      state = { ...state, ...change };
      progress.show(() => [measuringLine(state, context.err)]);
    };
    show({});
    try {
      await measureMissing(host, plan, await load(plan.recipe.dataset), {
        threads,
        signal,
        onProgress(training) {
          // Training goes on beside what is measured of the epochs before.
          if (state.metric === null) show({ training, share: shareTrained(missing, state.done, training) });
        },
        onState: (epoch) => show({ epoch, metric: missing[state.done]!.tasks[0]!.metric }),
        onImages(metric, done, images) {
          const { tasks } = missing[state.done]!;
          const place = tasks.findIndex((task) => task.metric === metric);
          const before = state.training === null ? 0 : trainingShare;
          show({ metric, share: before + ((1 - before) * (place + done / images)) / tasks.length });
        },
        onMeasured({ metric, epoch }, replayed) {
          progress.log(`${metric} at epoch ${epoch} measured${replayed ? ', trained again up to there' : ''}`);
          const { tasks } = missing[state.done]!;
          if (tasks.at(-1)!.metric === metric) show({ done: state.done + 1, share: 0, metric: null, training: null });
        },
      });
    } catch (error) {
      const stopped = signal.aborted && error instanceof Error && error.name === 'AbortError';
      if (!stopped) throw error;
      progress.note(`■ stopped  ${state.done} of ${state.epochs} epochs measured; started again, it measures what is missing`);
    } finally {
      progress.end();
      await host.workers.close();
    }
  });
}

/** Of the time that an epoch takes which is trained again first. */
const trainingShare = 0.9;

/** How much of that is done: from the epoch measured before, or from the start, to the end of the one that is wanted. */
function shareTrained(missing: MeasurePlan['missing'], done: number, { step, stepsPerEpoch }: Progress): number {
  const [from, to] = [missing[done - 1]?.epoch ?? 0, missing[done]!.epoch];
  const share = (step / stepsPerEpoch - from) / (to - from);
  return trainingShare * Math.min(1, Math.max(0, share));
}
