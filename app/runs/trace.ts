// A profile in the Chrome trace format, as chrome://tracing and Perfetto open it: a row a thread, a slice a phase, the wait at its barrier
// after it. Format: "Trace Event Format", the Chromium project. What was measured is `profile.ts`.
import type { ProfiledPass } from './profile.ts';

/** Times in microseconds. */
export type TraceEvent =
  | {
      ph: 'X';
      name: string;
      cat: 'pass' | 'phase' | 'wait' | 'loop';
      ts: number;
      dur: number;
      pid: number;
      tid: number;
      args?: { step: number };
    }
  | { ph: 'M'; name: 'process_name' | 'thread_name'; pid: number; tid: number; args: { name: string } };

export interface Trace {
  displayTimeUnit: 'ms';
  otherData: Record<string, string>;
  traceEvents: TraceEvent[];
}

/** What one thread did in one phase of a pass, milliseconds. */
export interface PhaseShare {
  phase: string;
  thread: number;
  began: number;
  /** Its own share was done. */
  worked: number;
  /** All shares were done. */
  ended: number;
}

const microseconds = (milliseconds: number): number => Math.round(milliseconds * 1e6) / 1e3;

/** Phases of a pass in order, and in each the threads. */
export function sharesOf({ phases, threads, times }: ProfiledPass): PhaseShare[] {
  const moment = (thread: number, index: number, which: 0 | 1): number => times[(thread * phases.length + index) * 2 + which]!;
  return phases.flatMap((phase, index) => {
    const all = Array.from({ length: threads }, (_, thread) => thread);
    const ended = Math.max(...all.map((thread) => moment(thread, index, 1)));
    return all.map((thread) => ({ phase, thread, began: moment(thread, index, 0), worked: moment(thread, index, 1), ended }));
  });
}

/** When a pass began and when its last phase ended, milliseconds. */
export function spanOf(pass: ProfiledPass): { began: number; ended: number } {
  const shares = sharesOf(pass);
  return { began: Math.min(...shares.map(({ began }) => began)), ended: Math.max(...shares.map(({ ended }) => ended)) };
}

/** What a pass is for. */
function passWords(pass: ProfiledPass['pass'], step: number): string {
  if (pass === 'training') return `step ${step}`;
  return pass === 'accumulating' ? `step ${step}, a batch before its last` : `evaluation, ${pass}`;
}

/** `passes` in order, as a trace that begins at 0. `about` says what was profiled. */
export function traceOf(passes: readonly ProfiledPass[], about: Record<string, string>): Trace {
  const spans = passes.map(spanOf);
  const origin = spans[0]?.began ?? 0;
  const slice = (
    cat: 'pass' | 'phase' | 'wait' | 'loop',
    name: string,
    tid: number,
    from: number,
    to: number,
    step?: number,
  ): TraceEvent => ({
    ph: 'X',
    name,
    cat,
    ts: microseconds(from - origin),
    dur: microseconds(to - from),
    pid: 1,
    tid,
    ...(step === undefined ? {} : { args: { step } }),
  });
  const slices = passes.flatMap((pass, index) => {
    const { began, ended } = spans[index]!;
    const next = spans[index + 1];
    const { step } = pass;
    return [
      slice('pass', passWords(pass.pass, step), 0, began, ended, step),
      ...sharesOf(pass).flatMap((share) => [
        slice('phase', share.phase, share.thread, share.began, share.worked, step),
        slice('wait', 'wait', share.thread, share.worked, share.ended),
      ]),
      ...(next === undefined ? [] : [slice('loop', 'between passes', 0, ended, next.began)]),
    ];
  });
  const threads = Math.max(0, ...passes.map((pass) => pass.threads));
  const named: TraceEvent[] = Array.from({ length: threads }, (_, tid) => ({
    ph: 'M',
    name: 'thread_name',
    pid: 1,
    tid,
    args: { name: tid === 0 ? 'thread 0, drives the steps' : `thread ${tid}` },
  }));
  return {
    displayTimeUnit: 'ms',
    otherData: about,
    traceEvents: [{ ph: 'M', name: 'process_name', pid: 1, tid: 0, args: { name: 'runledger train' } }, ...named, ...slices],
  };
}
