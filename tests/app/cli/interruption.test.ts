import { describe, expect, test } from 'vitest';
import { createInterruption } from '../../../app/cli/interruption.ts';
import { FakeSignals } from './fakeHost.ts';

describe('Ctrl-C', () => {
  test('asks for a clean stop first and ends the process the second time', async () => {
    const signals = new FakeSignals();
    let now = 1000;
    const interruption = createInterruption(signals, () => now);
    await interruption.during(async (signal) => {
      expect([signal.aborted, interruption.requested]).toEqual([false, false]);
      signals.emit('SIGINT');
      expect([signal.aborted, interruption.requested]).toEqual([true, true]);
      // The same keystroke again, passed on by npm and the launcher.
      now += 20;
      signals.emit('SIGINT');
      signals.emit('SIGINT');
      expect(signals.exits).toEqual([]);
      now += 400;
      signals.emit('SIGINT');
      expect(signals.exits).toEqual([130]);
    });
  });

  test('and a request to terminate are the same', async () => {
    const signals = new FakeSignals();
    const interruption = createInterruption(signals, () => 0);
    await interruption.during(async (signal) => {
      signals.emit('SIGTERM');
      expect(signal.aborted).toBe(true);
    });
  });

  test('is watched only while there is something to stop', async () => {
    const signals = new FakeSignals();
    const interruption = createInterruption(signals, () => 0);
    expect(signals.listenerCount('SIGINT')).toBe(0);
    await expect(
      interruption.during(async () => {
        expect(signals.listenerCount('SIGINT')).toBe(1);
        throw new Error('failed');
      }),
    ).rejects.toThrow('failed');
    expect(signals.eventNames()).toEqual([]);
  });
});
