// `train --profile`: the trace file, refused before the run begins where it cannot be written, and a table of where the time went.
import { closeSync, openSync, writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { RunledgerError } from '../../trainer/errors.ts';
import { defaultWindow, type ProfiledPass, type StepWindow } from '../runs/profile.ts';
import { traceOf } from '../runs/trace.ts';
import type { CliContext } from './context.ts';
import { profileReport } from './screens/profile.ts';

export const defaultFile = 'profile.json';

export interface Profiling {
  window: StepWindow;
  onPasses(passes: readonly ProfiledPass[]): void;
  /** Writes the trace and prints the table; `about` says what was profiled. */
  finish(about: Record<string, string>): void;
}

/** Errors: `usage` for a name that does not end in .json, `profile.write` for a file that cannot be written. */
export function createProfiling({ host, out }: CliContext, named: string | true): Profiling {
  const file = named === true ? defaultFile : named;
  // `--profile` takes the next word as its file: a recipe there would be overwritten.
  if (!file.endsWith('.json')) {
    throw new RunledgerError('usage', `a trace ends in .json, not \`${file}\``, {
      help: `runledger train <recipe> --profile ${defaultFile}`,
    });
  }
  const path = resolve(host.workingFolder, file);
  const write = (work: () => void): void => {
    try {
      work();
    } catch (cause) {
      throw new RunledgerError('profile.write', `cannot write ${path}: ${(cause as NodeJS.ErrnoException).code ?? cause}`, {
        help: 'name a file that may be written:  --profile <file>',
        cause,
      });
    }
  };
  write(() => closeSync(openSync(path, 'a')));
  let kept: readonly ProfiledPass[] = [];
  return {
    window: defaultWindow,
    onPasses(passes) {
      kept = passes;
    },
    finish(about) {
      write(() => writeFileSync(path, JSON.stringify(traceOf(kept, about))));
      for (const line of profileReport(kept, path, out)) out.line(line);
    },
  };
}
