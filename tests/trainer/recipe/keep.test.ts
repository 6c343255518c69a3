// What a recipe may say of checkpoints, and that the default leaves no trace.
import { expect, test } from 'vitest';
import { canonicalJson, type Keep, keepText, parseKeep, parseRecipe } from '../../../trainer/index.ts';
import { tinyWritten } from '../../app/runs/tiny.ts';

const keepOf = (checkpoints: unknown): Keep[] | undefined => parseRecipe({ ...tinyWritten, record: { checkpoints } }).record.checkpoints;

test.each<[unknown, Keep[] | undefined]>([
  ['last', ['last']],
  [['best'], ['best']],
  [
    ['every:5', 'last'],
    ['last', { every: 5 }],
  ],
  [{ every: 3 }, [{ every: 3 }]],
  [
    [{ every: 7 }, 'every:2', 'every:7'],
    [{ every: 2 }, { every: 7 }],
  ],
  ['all', ['all']],
  [['last', 'all'], ['all']],
  ['none', ['none']],
  [['best', 'last'], undefined],
  [['last', 'last', 'best'], undefined],
])('%j is %j, and stays so', (written, canonical) => {
  expect(keepOf(written)).toEqual(canonical);
  expect(keepOf(canonical)).toEqual(canonical);
});

test('the default is absent: recipes of before read the same, to the letter', () => {
  const before = canonicalJson(parseRecipe(tinyWritten));
  expect(before).not.toContain('checkpoints');
  const said = parseRecipe({ ...tinyWritten, record: { checkpoints: ['last', 'best'] } });
  expect(canonicalJson(said)).toBe(before);
  expect(Object.keys(said.record)).toEqual(['stepsPerEpoch', 'parameters']);
});

test.each([['never'], [[]], [['none', 'last']], ['every:0'], ['every:x'], [{ every: 1.5 }], [{ every: 2, last: true }], [7], [null]])(
  '%j is refused, with what is allowed',
  (written) => {
    expect(() => keepOf(written)).toThrow(
      expect.objectContaining({
        code: 'recipe.value',
        place: 'record.checkpoints',
        help: expect.stringContaining('last, best, all, none, every:n'),
      }),
    );
  },
);

test('the command line says it with commas', () => {
  expect(parseKeep('every:5, last')).toEqual(['last', { every: 5 }]);
  expect(keepText(parseKeep('best,every:2'))).toEqual(['best', 'every:2']);
  expect(() => parseKeep('some')).toThrow(expect.objectContaining({ code: 'usage' }));
});
