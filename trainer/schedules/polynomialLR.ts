// The rate falls to 0 in totalIters epochs, and stays there: lr · (1 − min(t, totalIters)/totalIters)^power, the closed form of
// torch.optim.lr_scheduler.PolynomialLR. A power that is no whole number goes through exp and log of trainer/numbers.
import type * as z from 'zod';
import { powDouble } from '../numbers/double.ts';
import { integer, numberFrom } from '../recipe/values.ts';
import { type ScheduleFamily, scheduleSchemas, spanWords } from './schedule.ts';

const schemas = scheduleSchemas('polynomialLR', { totalIters: integer(1).default(5), power: numberFrom(0).default(1) });

export type PolynomialLR = z.infer<typeof schemas.schema>;

export const polynomialLR: ScheduleFamily<PolynomialLR> = {
  ...schemas,
  rate: ({ totalIters, power }, { lr, t }) => lr * powDouble(1 - Math.min(totalIters, t) / totalIters, power),
  phase: ({ totalIters }, { t }) => Number(t >= totalIters),
  rule: ({ totalIters, power }, { t, unit }) =>
    t >= totalIters && power > 0 ? '0 from here on' : `polynomial of power ${power} to 0 in ${spanWords(totalIters, unit)}`,
};
