// A process in memory: streams that keep what is written, signals that a test sends, a clock that it moves.
import { EventEmitter } from 'node:events';
import { PassThrough } from 'node:stream';
import type { Host } from '../../../app/cli/context.ts';
import type { Terminal } from '../../../app/cli/terminal/screen.ts';

export interface FakeTerminal extends Terminal {
  text(): string;
}

export function fakeTerminal(look: { isTTY?: boolean; columns?: number; rows?: number } = {}): FakeTerminal {
  const stream = new PassThrough();
  let written = '';
  stream.setEncoding('utf8').on('data', (text: string) => {
    written += text;
  });
  return Object.assign(stream, look, { text: () => written });
}

export class FakeSignals extends EventEmitter {
  readonly exits: number[] = [];

  exit(code: number): void {
    this.exits.push(code);
  }
}

export interface FakeHost extends Host {
  stdout: FakeTerminal;
  stderr: FakeTerminal;
  signals: FakeSignals;
}

export function fakeHost(settings: { environment?: Record<string, string>; stdout?: FakeTerminal; stderr?: FakeTerminal } = {}): FakeHost {
  return {
    stdin: new PassThrough(),
    stdout: settings.stdout ?? fakeTerminal(),
    stderr: settings.stderr ?? fakeTerminal(),
    environment: { LANG: 'en_GB.UTF-8', ...settings.environment },
    workingFolder: '/project',
    platform: 'linux',
    signals: new FakeSignals(),
    clock: () => 0,
  };
}
