// The words for the state of a run or trial, the sign beside each, and what its colour means. No other words are used.

export type Status = 'queued' | 'running' | 'paused' | 'completed' | 'stopped' | 'pruned' | 'suspect' | 'interrupted' | 'failed';

export type Tone = 'muted' | 'accent' | 'warning' | 'worse';

const signs: Record<Status, { sign: string; tone: Tone }> = {
  queued: { sign: '○', tone: 'muted' },
  running: { sign: '●', tone: 'accent' },
  paused: { sign: '‖', tone: 'muted' },
  completed: { sign: '✓', tone: 'muted' },
  stopped: { sign: '■', tone: 'muted' },
  pruned: { sign: '▫', tone: 'muted' },
  suspect: { sign: '◐', tone: 'warning' },
  interrupted: { sign: '▲', tone: 'warning' },
  failed: { sign: '✗', tone: 'worse' },
};

/** Those that a run can have; the others are a trial's or a sweep's. */
export const runStatuses: readonly Status[] = ['queued', 'running', 'completed', 'stopped', 'suspect', 'interrupted', 'failed'];

export const statusSign = (status: Status): string => signs[status].sign;

export const statusTone = (status: Status): Tone => signs[status].tone;

/** `✓ completed`. */
export const statusText = (status: Status): string => `${signs[status].sign} ${status}`;
