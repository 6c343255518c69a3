// What every ReadModels must do, over the log it belongs to.
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Log, ReadModels } from '../../app/ledger/ports.ts';
import { eventSource, streamOf } from './events.ts';
import type { Opened } from './log.ts';

const notes = `${streamOf('run', 1)}/notes`;

export function readModelsContract(name: string, open: () => Promise<Opened<{ log: Log; readModels: ReadModels }>>): void {
  describe(`ReadModels, ${name}`, () => {
    let log: Log;
    let readModels: ReadModels;
    let close: () => Promise<void>;
    let event: ReturnType<typeof eventSource>;

    beforeEach(async () => {
      ({
        port: { log, readModels },
        close,
      } = await open());
      event = eventSource();
    });
    afterEach(() => close());

    const declared = () =>
      event('SweepDeclared', { data: { name: 'bn', kind: 'grid', recipe: {}, factors: [], seeds: [1], metric: 'validationAccuracy' } });

    test('stand where the log stands', async () => {
      expect(await readModels.checkpoint()).toBe('0');
      await log.append(streamOf('sweep', 1), 0, [declared(), event('SweepStopped', { data: { by: 'user', why: 'enough' } })], {
        flush: true,
      });
      expect(await readModels.checkpoint()).toBe((await log.readAll()).checkpoint);
    });

    test('show the newest state of what the events say', async () => {
      await log.append(streamOf('sweep', 1), 0, [declared()], { flush: true });
      expect(await readModels.rows('v1_sweeps')).toMatchObject([{ name: 'bn', status: 'running', seeds: '[1]', trials: 0 }]);
      await log.append(streamOf('sweep', 1), 1, [event('SweepCompleted', { data: { completed: 0, failed: 0 } })], { flush: true });
      expect(await readModels.rows('v1_sweeps')).toMatchObject([{ status: 'completed' }]);
    });

    test('keep and count what they do not know', async () => {
      await log.append(notes, 0, [event('Invented'), event('Invented'), { ...event('RunNoted'), schemaVersion: 99 }], { flush: true });
      expect(await readModels.rows('v1_unknown_events')).toMatchObject([
        { type: 'Invented', schema_version: 1, events: 2 },
        { type: 'RunNoted', schema_version: 99, events: 1 },
      ]);
    });

    test('a rebuild changes nothing and counts what it folded', async () => {
      await log.append(streamOf('sweep', 1), 0, [declared()], { flush: true });
      await log.append(notes, 0, [event('Invented')], { flush: true });
      const before = await readModels.rows('v1_sweeps');
      let progress: [number, number] = [0, 0];
      expect(
        await readModels.rebuild((done, total) => {
          progress = [done, total];
        }),
      ).toEqual({ events: 2, unknown: 1 });
      expect(progress).toEqual([2, 2]);
      expect(await readModels.rows('v1_sweeps')).toEqual(before);
      expect(await readModels.checkpoint()).toBe((await log.readAll()).checkpoint);
    });

    test('give at most as many rows as asked for, of published views only', async () => {
      for (const n of [1, 2, 3]) await log.append(streamOf('sweep', n), 0, [declared()], { flush: true });
      expect(await readModels.rows('v1_sweeps', { limit: 2 })).toHaveLength(2);
      await expect(readModels.rows('sqlite_schema')).rejects.toMatchObject({ code: 'ledger.view' });
      await expect(readModels.rows('events')).rejects.toMatchObject({ code: 'ledger.view' });
    });
  });
}
