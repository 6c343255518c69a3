// What recording costs: processor time of the recording code ÷ processor time of the run, and the wall-clock ratio beside it.
import { availableParallelism } from 'node:os';
import type { Bench, Measurement } from '../bench.ts';
import { summarize } from '../measure/statistics.ts';
import { benchRecipe, randomDataSet, shapes } from '../networks.ts';
import { costOfRecordedRun, type RunCost, unrecordedRunMs } from '../observed/run.ts';
import type { Row } from '../report/row.ts';

export const recording: Measurement = {
  name: 'recording',
  quickSeconds: 0,
  async measure({ quick }: Bench): Promise<Row[]> {
    // The seed recipe's epoch; the first is dearer than the others, because code is cold.
    const [train, validation] = [45_000, 5_000];
    const dataset = randomDataSet(shapes.cifar10, train + validation, 1000);
    const recipe = benchRecipe({ network: 'seed', train, validation, epochs: quick ? 2 : 5 });
    const task = { recipe, dataset, threads: Math.min(2, availableParallelism()) };
    const recorded: RunCost[] = [];
    const dropped: number[] = [];
    for (let round = 0; round < (quick ? 1 : 3); round++) {
      recorded.push(await costOfRecordedRun(task));
      if (!quick) dropped.push(await unrecordedRunMs(task));
    }
    const shares = recorded.map(
      ({ processMs, recording: { ledgerMs, mainMs, factsMs } }) => (100 * (ledgerMs + mainMs + factsMs)) / processMs,
    );
    const middle = (values: number[]) => summarize(values, 'least');
    const part = (name: 'ledgerMs' | 'mainMs' | 'factsMs') => middle(recorded.map((cost) => cost.recording[name])).median.toFixed(0);
    const share = middle(shares);
    const cost: Row = {
      id: 'recording.cpu',
      what: 'recording, of the run’s CPU time',
      measured: { value: share.median, unit: '%' },
      against: null,
      ratio: null,
      target: { atMost: 1 },
      note: `ledger thread ${part('ledgerMs')} ms, main thread ${part('mainMs')} ms, run thread outside steps and evaluations ${part('factsMs')} ms`,
      samples: { recording: share },
    };
    if (quick) return [cost];
    const wall = middle(recorded.map(({ wallMs }) => wallMs));
    const bare = middle(dropped);
    const beside: Row = {
      id: 'recording.wall',
      what: 'recorded run vs one whose facts are dropped',
      measured: { value: wall.median / 1000, unit: 's' },
      against: { value: bare.median / 1000, unit: 's', name: 'facts dropped' },
      ratio: { value: wall.median / bare.median, unit: 'x' },
      target: null,
      note: null,
      samples: { recorded: wall, dropped: bare },
    };
    return [cost, beside];
  },
};
