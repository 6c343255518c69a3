import { describe, expect, test } from 'vitest';
import { endTrial, followTrial, sweepBlock, trialLine } from '../../../../app/cli/screens/sweep.ts';
import { epochLine, trainingBlock, trainingHead } from '../../../../app/cli/screens/training.ts';
import { createScreen } from '../../../../app/cli/terminal/screen.ts';
import { cutMiddle, textWidth } from '../../../../app/cli/terminal/width.ts';
import { advance, type Following, follow, nothingYet, progressOf, secondsLeft } from '../../../../app/runs/following.ts';
import type { SweepTrial } from '../../../../app/sweeps/run.ts';
import type { EpochMeasured, RunStarted } from '../../../../trainer/index.ts';
import { tinyDataSet, tinyRecipe } from '../../runs/tiny.ts';
import { fakeTerminal } from '../fakeHost.ts';

const screen = (columns: number) =>
  createScreen(fakeTerminal({ isTTY: true, columns }), { color: 'never', environment: { LANG: 'C.UTF-8' }, platform: 'linux' });

const recipe = tinyRecipe({ epochs: 30 });
const started = {
  type: 'RunStarted',
  data: {
    recipe,
    datasetFingerprint: '6d958be0'.padEnd(64, '0'),
    parameterCount: 549_514,
    stepsPerEpoch: 352,
    samples: { train: 45_000, validation: 5_000, test: 10_000 },
  },
} as RunStarted;

function epoch(number: number, accuracy: number, best = number): EpochMeasured {
  const data = {
    epoch: number,
    step: number * 352,
    train: { loss: 0.561, accuracy: 0.802 },
    validation: { loss: 0.668, accuracy },
    learningRate: 0.025,
    best: { epoch: best, validationAccuracy: accuracy },
  };
  return { type: 'EpochMeasured', data, measured: { seconds: 7.4, trainSeconds: 7, samplesPerSecond: 6080 } } as EpochMeasured;
}

/** Half a second into the third of thirty epochs, ten seconds after the start. */
function underWay(): Following {
  let state = follow(nothingYet, started, 0);
  state = follow(state, { type: 'LearningRateChanged', data: { to: 0.025 } } as never, 0);
  state = follow(state, epoch(1, 0.382), 4_000);
  state = follow(state, epoch(2, 0.776), 8_000);
  return advance(
    state,
    { epoch: 3, epochs: 30, step: 880, stepsPerEpoch: 352, loss: 0.5, accuracy: 0.81, learningRate: 0.025, samplesPerSecond: 6080 },
    10_000,
  );
}

describe('what is known of a run under way', () => {
  test('progress and time left follow the pace so far, and time runs down between facts', () => {
    expect(progressOf(underWay())).toBeCloseTo(880 / 10_560, 12);
    expect(secondsLeft(underWay(), 10_000)).toBeCloseTo(110, 9);
    expect(secondsLeft(underWay(), 15_000)).toBeCloseTo(105, 9);
    expect(secondsLeft(nothingYet, 0)).toBeNull();
  });
});

describe('train', () => {
  test('80 columns: a bar and the newest numbers', () => {
    expect(trainingHead({ name: 'seed-cnn', runId: '128590c7-0000', threads: 4, ledger: './runledger' }, underWay(), screen(80))).toBe(
      'seed-cnn  run/128590c7 · tiny 6d95 8be0 · 549,514 parameters · fused · 4 threads',
    );
    expect(trainingBlock(underWay(), 10_000, screen(80))).toEqual([
      '━━────────────────────────────  epoch 3/30  step 880/10,560',
      'train 0.500  81.0 %    val 0.668  77.6 %  best 77.6 at 2    lr 0.025',
      'val acc  ▁█  38.2 → 77.6       6,080 img/s · 1 m 50 s left',
      '',
      'Ctrl-C stops after this step and keeps a checkpoint; twice ends at once.',
    ]);
  });

  test('120 columns: a line an epoch', () => {
    const lines = trainingBlock(underWay(), 10_000, screen(120));
    expect(lines[0]).toMatch(/^━+─+ {2}epoch 3\/30 {2}step 880\/10,560 · 6,080 img\/s · 1 m 50 s left$/);
    expect(lines.filter((line) => /^ {4}[12] {5}0\.025 {7}0\.561 {4}80\.2 {6}0\.668 {4}(38\.2|77\.6) {3}▁/.test(line))).toHaveLength(2);
    expect(lines.at(-4)).toMatch(/best so far$/);
    expect(lines.at(-3)).toBe('    3     0.025       0.500    81.0'); // the epoch under way
  });

  test('nothing is wider than the screen', () => {
    const name = 'a-very-long-name-'.repeat(8);
    for (const columns of [80, 100, 120]) {
      const head = trainingHead({ name, runId: '128590c7', threads: 4, ledger: name }, underWay(), screen(columns));
      for (const line of [head, ...trainingBlock(underWay(), 10_000, screen(columns))])
        expect(textWidth(line)).toBeLessThanOrEqual(columns);
    }
  });

  test('a pipe: one plain line', () => {
    expect(epochLine(underWay(), epoch(17, 0.776))).toBe('epoch 17/30 step 5984 train 0.561 80.2 % val 0.668 77.6 % lr 0.025 7.4 s best');
    expect(epochLine(underWay(), epoch(18, 0.7, 17))).not.toContain('best');
  });
});

describe('sweep', () => {
  const trial = (number: number, value: boolean, reused = false): SweepTrial => ({
    plan: {
      trial: number,
      seed: 1,
      assignment: { 'network.simpleCnn.batchNorm': value },
      name: `trial ${number}`,
      recipe,
      dataset: tinyDataSet(),
      configurationId: '',
    },
    runId: '',
    reused,
    line: [],
  });

  test('one bar over all trials, running ones first, what was known and what waits', () => {
    const running = { ...trialLine(trial(1, true), 0), status: 'running' as const, following: underWay() };
    const ended = endTrial(followTrial(trialLine(trial(2, false), 0), epoch(30, 0.7), 0), { type: 'RunFailed' } as never);
    const lines = sweepBlock([running, ended, trialLine(trial(3, true, true), 0), trialLine(trial(4, false), 0)], 2, 10_000, screen(80));
    expect(lines[0]).toMatch(/^━{12}─{12} {2}2\/4 ended {2}1 ✓ {2}1 ✗ {3}about 3 m left$/);
    expect(lines[2]).toMatch(/^batchNorm +seed +status +epoch +loss +acc % +val acc % +img\/s$/);
    expect(lines[3]).toMatch(/^on +1 +● running +3\/30 +0\.500 +81\.0 +77\.6 +6,080$/);
    expect(lines[4]).toMatch(/^on +1 +✓ known$/);
    expect(lines[5]).toMatch(/^off +1 +✗ failed /);
    expect(lines).toHaveLength(8);
  });
});

test('a long name keeps its end', () => {
  const name = 'mnist-simple-cnn · batchNorm off';
  expect(cutMiddle(name, 40)).toBe(name);
  expect(cutMiddle(name, 24)).toBe('mnist-s… · batchNorm off');
  for (let columns = 3; columns < 32; columns++) expect(textWidth(cutMiddle(name, columns))).toBeLessThanOrEqual(columns);
});
