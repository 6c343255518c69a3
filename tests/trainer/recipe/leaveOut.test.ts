import { expect, test } from 'vitest';
import * as z from 'zod';
import { leaveOut } from '../../../trainer/recipe/leaveOut.ts';

const schema = z
  .strictObject({ out: z.int(), dilation: z.union([z.int(), z.array(z.int())]).optional(), groups: z.int().optional() })
  .transform(leaveOut({ dilation: 1, groups: 1 }));

test('what equals its default, or is not said, is left out; all else stays', () => {
  expect(schema.parse({ out: 1, dilation: 1, groups: 1 })).toEqual({ out: 1 });
  expect(Object.keys(schema.parse({ out: 1, groups: undefined }))).toEqual(['out']);
  expect(schema.parse({ out: 1, dilation: [1, 2], groups: 4 })).toEqual({ out: 1, dilation: [1, 2], groups: 4 });
});
