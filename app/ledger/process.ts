// Which process this is, so that another one can tell later whether it still lives. Linux tells a boot id and a process's start time;
// elsewhere they are null and only the heartbeat speaks.
import { readFileSync, readlinkSync } from 'node:fs';

export interface ProcessIdentity {
  processId: number;
  /** This boot of this machine, with the namespace in which process ids count (containers have their own). */
  bootId: string | null;
  /** In clock ticks since the boot: tells a process from a later one with its id. */
  processStart: string | null;
}

export function identifyProcess(): ProcessIdentity {
  return { processId: process.pid, bootId: bootId(), processStart: processStart(process.pid) };
}

/** Null where this system cannot tell: another boot or machine, or no Linux. */
export function isAlive({ processId, bootId: boot, processStart: start }: ProcessIdentity): boolean | null {
  if (boot === null || start === null || boot !== bootId()) return null;
  return processStart(processId) === start;
}

function bootId(): string | null {
  try {
    return `${readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim()} ${readlinkSync('/proc/self/ns/pid')}`;
  } catch {
    return null;
  }
}

/** Field 22 of /proc/<pid>/stat, counted after the command's name, which may hold spaces. A process that has ended and waits for its parent is gone. */
function processStart(processId: number): string | null {
  try {
    const stat = readFileSync(`/proc/${processId}/stat`, 'utf8');
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return fields[0] === 'Z' || fields[0] === 'X' ? null : (fields[19] ?? null);
  } catch {
    return null;
  }
}
