// Measures what a plan lacks and shows how far it is: a bar in a terminal, a line a measurement in a pipe. Ctrl-C ends it between two batches.
import type { Progress } from '../../trainer/index.ts';
import { integer } from '../../views/format/number.ts';
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
    const dataset = await load(plan.recipe.dataset);
    const host = createRecordingHost(ledger, context.host.clock);
    const progress = await context.progress();
    let state: Measuring = { done: 0, epochs: plan.missing.length, epoch: plan.missing[0]!.epoch, metric: null, share: 0, training: null };
    const show = (change: Partial<Measuring>): void => {
      state = { ...state, ...change };
      progress.show(() => [measuringLine(state, context.err)]);
    };
    show({});
    try {
      await measureMissing(host, plan, dataset, {
        threads,
        signal,
        onProgress: (of) => show({ training: trainingWords(of), share: 0 }),
        onState: (epoch) => show({ epoch, training: null, metric: null, share: 0 }),
        onImages(metric, done, images) {
          const { tasks } = plan.missing[state.done]!;
          const place = tasks.findIndex((task) => task.metric === metric);
          show({ metric, training: null, share: (place + done / images) / tasks.length });
        },
        onMeasured({ metric, epoch }, replayed) {
          progress.log(`${metric} at epoch ${epoch} measured${replayed ? ', trained again up to there' : ''}`);
          const { tasks } = plan.missing[state.done]!;
          if (tasks.at(-1)!.metric === metric) show({ done: state.done + 1, share: 0, metric: null });
        },
      });
    } catch (error) {
      if (!signal.aborted) throw error;
      progress.note(`■ stopped  ${state.done} of ${state.epochs} epochs measured; started again, it measures what is missing`);
    } finally {
      progress.end();
      await host.workers.close();
    }
  });
}

const trainingWords = ({ epoch, epochs, step, stepsPerEpoch }: Progress): string =>
  `epoch ${epoch}/${epochs}  step ${integer(step - (epoch - 1) * stepsPerEpoch)}/${integer(stepsPerEpoch)}`;
