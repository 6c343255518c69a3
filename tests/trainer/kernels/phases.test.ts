// How works become phases, and which samples and pixels a chunk or a tap stands for.
import { describe, expect, test } from 'vitest';
import { axisPhases } from '../../../trainer/kernels/convolutionInputGradient.ts';
import { cutPhases, groupOf } from '../../../trainer/kernels/phases.ts';
import { type GroupWork, lightly, type RangeWork, type SampleWork, type Step, single, type Work } from '../../../trainer/kernels/work.ts';
import { groupStart } from '../../../trainer/numbers/groups.ts';

const step = (batch: number): Step => ({ batch, epoch: 1, part: 'train', augmented: false, samples: new Uint32Array(batch) });

test.each([1, 5, 16, 37, 64])('every sample of a batch of %i lies in its group', (batch) => {
  for (const groups of [1, 4, 16]) {
    for (let sample = 0; sample < batch; sample++) {
      const group = groupOf(sample, groups, batch);
      expect(groupStart(group, groups, batch)).toBeLessThanOrEqual(sample);
      expect(groupStart(group + 1, groups, batch)).toBeGreaterThan(sample);
    }
  }
});

describe('phases', () => {
  /** Works that write down what they do. */
  function recorded() {
    const log: string[] = [];
    const light = (name: string): SampleWork => lightly(name, (sample) => log.push(`${name}${sample}`));
    const heavy = (name: string): SampleWork => ({ ...light(name), light: false });
    const range = (name: string): RangeWork => ({ kind: 'range', name, run: (first, end) => log.push(`${name}${first}-${end}`) });
    const group = (name: string, groups: number): GroupWork => ({
      kind: 'group',
      name,
      groups,
      begin: (index) => log.push(`${name} begins ${index}`),
      run: (sample, _step, index) => log.push(`${name}${sample} in ${index}`),
    });
    const run = (works: Work[], batch: number) => {
      for (const { preludes, tasks } of cutPhases(works)) {
        log.push('|');
        for (const prelude of preludes) prelude.run(step(batch));
        for (const task of tasks) for (let chunk = 0; chunk < task.chunks(step(batch)); chunk++) task.run(chunk, step(batch));
      }
      return log.join(' ');
    };
    return { log, light, heavy, range, group, run };
  }

  test('works on samples run one sample after another, up to a reduction, which begins the next phase', () => {
    const { light, heavy, log, run } = recorded();
    const sum: Work = { kind: 'prelude', name: 'sum', barrier: true, run: () => log.push('sum') };
    expect(run([light('a'), heavy('b'), sum, light('c')], 2)).toBe('| a0 b0 a1 b1 | sum c0 c1');
  });

  test('light works join ranges, convolutions do not', () => {
    const { light, heavy, range, run } = recorded();
    expect(run([heavy('a'), light('b'), range('c'), light('d')], 2)).toBe('| a0 b0 a1 b1 | c0-1 d0 c1-2 d1');
  });

  test('finer groups begin inside coarser ones, empty ones too', () => {
    const { group, run } = recorded();
    expect(run([group('a', 2), group('b', 4)], 2)).toBe(
      '| a begins 0 b begins 0 b begins 1 a0 in 0 b0 in 1 a begins 1 b begins 2 b begins 3 a1 in 1 b1 in 3',
    );
  });

  test('a prelude that waits for nothing stands at the start of its phase, and nothing is cut where nothing was done', () => {
    const { light, log, run } = recorded();
    const prelude = (name: string, barrier: boolean): Work => ({ kind: 'prelude', name, barrier, run: () => log.push(name) });
    expect(run([light('a'), prelude('p', false), light('b')], 1)).toBe('| p a0 b0');
    log.length = 0;
    expect(run([light('a'), prelude('p', true), { kind: 'cut' }, prelude('q', true), light('b')], 1)).toBe('| a0 | p q b0');
  });

  test('a task stands beside the works of its phase', () => {
    const { light, log, run } = recorded();
    expect(cutPhases([single('pack', () => {}), light('a')])).toHaveLength(1);
    expect(run([single('pack', () => log.push('pack')), light('a')], 1)).toBe('| a0 pack');
  });
});

test('the pixels of a stride fall into phases whose taps meet the same output positions', () => {
  for (const { size, ...axis } of [
    { size: 7, kernel: 3, stride: 2, dilation: 1, before: 1, after: 1 },
    { size: 5, kernel: 1, stride: 2, dilation: 1, before: 0, after: 0 },
    { size: 9, kernel: 5, stride: 3, dilation: 1, before: 2, after: 2 },
    { size: 9, kernel: 4, stride: 1, dilation: 3, before: 4, after: 5 },
    { size: 11, kernel: 5, stride: 2, dilation: 3, before: 6, after: 6 },
    { size: 12, kernel: 3, stride: 4, dilation: 6, before: 1, after: 1 },
  ]) {
    const seen = axisPhases(size, axis).flatMap(({ first, count, taps, start, step }) =>
      Array.from({ length: count }, (_, i) => ({ pixel: first + i * axis.stride, taps, start: start + i, step })),
    );
    expect(seen.map(({ pixel }) => pixel).sort((a, b) => a - b)).toEqual(Array.from({ length: size }, (_, i) => i));
    for (const { pixel, taps, start, step } of seen) {
      taps.forEach((tap, i) => {
        expect((start + i * step) * axis.stride - axis.before + tap * axis.dilation).toBe(pixel);
      });
    }
  }
});
