// Where and of what a figure was measured: machine, versions, commit.
import { execFileSync } from 'node:child_process';
import { availableParallelism, cpus, release, totalmem } from 'node:os';
import { join } from 'node:path';
import packageJson from '../../../package.json' with { type: 'json' };

export interface Host {
  cpu: string;
  cores: number;
  memoryBytes: number;
  system: string;
  versions: { runledger: string; node: string; v8: string };
  /** With `+` where the tree differs from it; null outside a clone. */
  commit: string | null;
}

function git(...args: string[]): string {
  return execFileSync('git', args, {
    cwd: join(import.meta.dirname, '../../..'),
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'ignore'],
  }).trim();
}

function commit(): string | null {
  try {
    return git('rev-parse', '--short', 'HEAD') + (git('status', '--porcelain', '--', 'trainer', 'app', 'tests/bench') === '' ? '' : '+');
  } catch {
    return null;
  }
}

export function describeHost(): Host {
  return {
    cpu: cpus()[0]?.model.trim() ?? process.arch,
    cores: availableParallelism(),
    memoryBytes: totalmem(),
    system: `${process.platform} ${release()} ${process.arch}`,
    versions: { runledger: packageJson.version, node: process.versions.node, v8: process.versions.v8 },
    commit: commit(),
  };
}
