// A real ledger in a temporary folder and the application over it, for tests of pages.
import { randomUUIDv7 } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'vitest';
import { type Ledger, openLedger } from '../../../app/ledger/index.ts';
import { requestStop } from '../../../app/runs/requests.ts';
import { type AppOptions, createApp, type WebApplication } from '../../../app/web/app.ts';
import { faultsOf } from '../../views/validate.ts';
import { countingIds, type SimulatedPlan, type SimulatedRun, simulateRun, steadyClock } from './simulation.ts';

export interface OpenPages extends WebApplication {
  ledger: Ledger;
  /** Errors that nobody foresaw; a test expects none. */
  reported: unknown[];
  clock: () => number;
  /** The document behind a path. */
  get(path: string): Promise<{ status: number; text: string }>;
  /** One that is there, and valid; its text. */
  page(path: string): Promise<string>;
  queue(plan?: SimulatedPlan): Promise<SimulatedRun>;
  /** Queues, starts, runs `epochs` epochs and completes. */
  finish(plan?: SimulatedPlan): Promise<SimulatedRun>;
  shut(): Promise<void>;
}

export async function openPages(options: Partial<AppOptions> = {}): Promise<OpenPages> {
  const folder = mkdtempSync(join(tmpdir(), 'runledger-pages-'));
  const ledger = await openLedger(folder, { write: true });
  const clock = steadyClock();
  const newId = countingIds();
  const reported: unknown[] = [];
  const { app, close } = createApp(
    {
      database: ledger.database,
      past: ledger.past,
      folder: ledger.folder,
      onChange: ledger.onChange,
      clock,
      report: (error) => reported.push(error),
      requestStop: (runId) => requestStop({ ledger, clock, newEventId: randomUUIDv7 }, runId, 'asked to on its page'),
    },
    { hosts: ['localhost'], access: null, ...options },
  );
  const queue = (plan?: SimulatedPlan) => simulateRun(ledger, clock, newId, plan);
  const get = async (path: string): Promise<{ status: number; text: string }> => {
    const response = await app.request(path);
    return { status: response.status, text: await response.text() };
  };
  return {
    app,
    close,
    ledger,
    reported,
    clock,
    get,
    async page(path) {
      const { status, text } = await get(path);
      expect([path, status]).toEqual([path, 200]);
      expect(await faultsOf(text)).toEqual([]);
      return text;
    },
    queue,
    async finish(plan = {}) {
      const run = await queue(plan);
      await run.start();
      for (let epoch = 0; epoch < (plan.epochs ?? 3); epoch++) await run.epoch();
      await run.complete();
      return run;
    },
    async shut() {
      close();
      await ledger.close();
      rmSync(folder, { recursive: true });
    },
  };
}
