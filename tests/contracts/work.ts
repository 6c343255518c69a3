// What every Work must do. Time stands still unless the test moves it.
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Work } from '../../app/ledger/ports.ts';
import type { Opened } from './log.ts';

const lease = { leaseMs: 1000 };

export function workContract(name: string, open: (clock: () => number) => Promise<Opened<Work>>): void {
  describe(`Work, ${name}`, () => {
    let work: Work;
    let close: () => Promise<void>;
    let now: number;

    beforeEach(async () => {
      now = 1_000_000;
      ({ port: work, close } = await open(() => now));
    });
    afterEach(() => close());

    test('an item is offered once', async () => {
      expect(await work.offer({ key: 'trial 1', payload: { lr: 0.1 } })).toBe(true);
      expect(await work.offer({ key: 'trial 1', payload: { lr: 0.2 } })).toBe(false);
      expect(await work.claim('w', lease)).toMatchObject({ key: 'trial 1', payload: { lr: 0.1 } });
    });

    test('items are claimed in the order of their offers, each by one worker', async () => {
      for (const key of ['c', 'a', 'b']) await work.offer({ key, payload: null });
      const claims = [
        await work.claim('w', lease),
        await work.claim('v', lease),
        await work.claim('w', lease),
        await work.claim('w', lease),
      ];
      expect(claims.map((claim) => claim?.key)).toEqual(['c', 'a', 'b', undefined]);
    });

    test('a finished item never comes again', async () => {
      await work.offer({ key: 'a', payload: null });
      const claim = (await work.claim('w', lease))!;
      expect(await work.finish(claim, { accuracy: 0.9 })).toBe(true);
      expect(await work.finish(claim, null)).toBe(false);
      now += 10_000;
      expect(await work.claim('w', lease)).toBeNull();
      expect(await work.offer({ key: 'a', payload: null })).toBe(false);
    });

    test('an item given back can be claimed at once, and its old claim is worth nothing', async () => {
      await work.offer({ key: 'a', payload: null });
      const old = (await work.claim('w', lease))!;
      expect(await work.giveBack(old)).toBe(true);
      const next = (await work.claim('v', lease))!;
      expect(next.key).toBe('a');
      expect(await work.finish(old, null)).toBe(false);
      expect(await work.beat(old, lease)).toBe(false);
      expect(await work.giveBack(old)).toBe(false);
      expect(await work.finish(next, null)).toBe(true);
    });

    test('a claim without a beat can be taken over, and is fenced then', async () => {
      await work.offer({ key: 'a', payload: null });
      const old = (await work.claim('w', lease))!;
      now += 999;
      expect(await work.claim('v', lease)).toBeNull();
      expect(await work.beat(old, lease)).toBe(true);
      now += 999;
      expect(await work.claim('v', lease)).toBeNull();
      now += 1;
      const next = (await work.claim('v', lease))!;
      expect(next.key).toBe('a');
      expect(await work.finish(old, null)).toBe(false);
      expect(await work.finish(next, null)).toBe(true);
    });
  });
}
