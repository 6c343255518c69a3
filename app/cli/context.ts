// What every command is given: its two screens, the global options, the world outside. Commands touch `process` nowhere else.
import { resolve } from 'node:path';
import type { Readable } from 'node:stream';
import type { ExitCode } from './errors.ts';
import { createInterruption, type SignalSource } from './interruption.ts';
import { createProgress, type Progress } from './terminal/progress.ts';
import { type ColorMode, createScreen, type Screen, type Terminal } from './terminal/screen.ts';

/** The process, or a test in its place. */
export interface Host {
  stdin: Readable & { isTTY?: boolean };
  stdout: Terminal;
  stderr: Terminal;
  environment: Record<string, string | undefined>;
  workingFolder: string;
  platform: string;
  signals: SignalSource;
  /** Milliseconds since 1970. */
  clock: () => number;
}

/** The options that every command takes, as commander parsed them. */
export interface GlobalOptions {
  ledger?: string;
  color: ColorMode;
  debug: boolean;
}

export interface CliContext {
  readonly host: Host;
  /** Results. */
  readonly out: Screen;
  /** Progress, warnings, errors. */
  readonly err: Screen;
  /** Folder of the ledger, absolute: `--ledger`, else RUNLEDGER, else ./runledger. */
  readonly ledger: string;
  readonly debug: boolean;
  /** What the process will exit with; a command that found `damaged` or `differs` sets 1. */
  exitCode: ExitCode;
  /** True once Ctrl-C asked for a clean stop. */
  readonly interrupted: boolean;
  /** Runs `work` with a signal that the first Ctrl-C aborts; the second ends the process at once. A clean stop exits 0. */
  interruptible<T>(work: (signal: AbortSignal) => Promise<T>): Promise<T>;
  /** A block on the error screen that changes in place. */
  progress(): Promise<Progress>;
}

/** `options` is asked anew each time, because commands are declared before the options are parsed. */
export function createContext(host: Host, options: () => GlobalOptions): CliContext {
  const { environment, platform } = host;
  const interruption = createInterruption(host.signals, host.clock);
  const screen = (stream: Terminal): Screen => createScreen(stream, { color: options().color, environment, platform });
  return {
    host,
    exitCode: 0,
    get out() {
      return screen(host.stdout);
    },
    get err() {
      return screen(host.stderr);
    },
    get ledger() {
      return resolve(host.workingFolder, options().ledger ?? (environment.RUNLEDGER || 'runledger'));
    },
    get debug() {
      return options().debug;
    },
    get interrupted() {
      return interruption.requested;
    },
    interruptible: (work) => interruption.during(work),
    progress() {
      return createProgress(this.err, host.clock);
    },
  };
}
