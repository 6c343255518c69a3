// Statistics, turns and child processes of the benchmark; no time is asserted anywhere.
import { expect, test } from 'vitest';
import { parseOptions } from '../options.ts';
import { Child } from './child.ts';
import { inRounds, versus } from './rounds.ts';
import { type Contender, interleave } from './sampling.ts';
import { median, summarize } from './statistics.ts';

test('medians of odd, even and no values', () => {
  expect(median([3, 1, 2])).toBe(2);
  expect(median([4, 1, 3, 2])).toBe(2.5);
  expect(median([])).toBeNaN();
});

test('best is the most of rates and the least of times', () => {
  expect(summarize([2, 5, 3])).toEqual({ median: 3, best: 5, samples: [2, 5, 3] });
  expect(summarize([2, 5, 3], 'least').best).toBe(2);
});

/** Gives the values in turn, and tells when it was asked. */
function scripted(name: string, values: number[], asked: string[]): Contender {
  let next = 0;
  return {
    name,
    measure() {
      asked.push(name);
      return values[next++]!;
    },
  };
}

test('contenders are measured in turn, each round beginning with another; the first sample of each does not count', async () => {
  const asked: string[] = [];
  const samples = await interleave([scripted('a', [0, 1, 2], asked), scripted('b', [9, 3, 5], asked)], { rounds: 2, seconds: 1 });
  expect(asked.join('')).toBe('ab' + 'ab' + 'ba');
  expect(samples.get('a')!.samples).toEqual([1, 2]);
  expect(samples.get('b')!.median).toBe(4);
});

test('a row compares with the fastest of the others, by medians', async () => {
  const ours = scripted('ours', [0, 30, 10, 20], []);
  const others = [scripted('slow', [0, 4, 4, 4], []), scripted('fast', [0, 90, 5, 8], [])];
  const rounds = await inRounds([ours, ...others], { rounds: 3, seconds: 1 });
  const row = versus(rounds, { id: 'x', what: 'x', target: { atLeast: 2 } }, ours, others);
  expect(row).toMatchObject({ measured: { value: 20 }, against: { name: 'fast', value: 8 }, ratio: { value: 2.5 } });
  expect(Object.keys(row.samples)).toEqual(['ours', 'slow', 'fast']);
});

test('all are disposed of, also where one fails', async () => {
  const disposed: string[] = [];
  const good: Contender = { name: 'good', measure: () => 1, dispose: () => void disposed.push('good') };
  const bad: Contender = { name: 'bad', measure: () => Promise.reject(new Error('no')), dispose: () => void disposed.push('bad') };
  await expect(inRounds([good, bad], { rounds: 1, seconds: 1 })).rejects.toThrow('no');
  expect(disposed).toEqual(['good', 'bad']);
});

const program = (body: string) =>
  new Child({
    command: process.execPath,
    args: ['-e', `require('readline').createInterface({ input: process.stdin }).on('line', (line) => { ${body} })`],
  });

test('a child answers in order; what it says besides is no answer', async () => {
  const child = program('console.log("hello"); console.log(JSON.stringify({ twice: 2 * JSON.parse(line).n }))');
  const replies = await Promise.all([1, 2, 3].map((n) => child.ask<{ twice: number }>({ n })));
  child.dispose();
  expect(replies.map(({ twice }) => twice)).toEqual([2, 4, 6]);
});

test('a child that ends tells why, to this question and the next', async () => {
  const child = program('console.error("out of luck"); process.exit(3)');
  await expect(child.ask({})).rejects.toThrow(/ended with 3\nout of luck/);
  await expect(child.ask({})).rejects.toThrow(/out of luck/);
});

test('a command that does not exist', async () => {
  await expect(new Child({ command: '/no/such/python', args: [] }).ask({})).rejects.toThrow(/does not start/);
});

test('options', () => {
  expect(parseOptions([])).toMatchObject({ python: null, quick: false, only: null, layer: null });
  expect(parseOptions(['--quick', '--json', '--python', 'p'])).toMatchObject({ quick: true, json: true, python: 'p' });
  expect(() => parseOptions(['--quik'])).toThrow(/--quik/);
});
