// What this machine is, as RunStarted records it under `measured`. Decides nothing.
import { arch, availableParallelism, cpus, platform, release } from 'node:os';
import type { RunStarted } from './facts.ts';

/** Versions and hardware of the running process. */
export function describeHost(): Omit<RunStarted['measured'], 'runledger' | 'threads' | 'backend'> {
  return {
    node: process.versions.node,
    v8: process.versions.v8,
    os: `${platform()} ${release()}`,
    arch: arch(),
    cpu: cpus()[0]?.model.trim() ?? 'unknown',
    cores: availableParallelism(),
  };
}
