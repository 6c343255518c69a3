// The largest file that this process may write (`ulimit -f`). Beyond it writes fail as on a broken disk; who knows the limit can say what it is.
import { readFileSync } from 'node:fs';

/** In bytes; null where there is none, or where this system does not tell. */
export function fileSizeLimit(): number | null {
  try {
    const [, soft] = /^Max file size\s+(\d+)\s/m.exec(readFileSync('/proc/self/limits', 'utf8')) ?? [];
    return soft === undefined ? null : Number(soft);
  } catch {
    return null;
  }
}

/** What an error says where the limit was met, and what helps. */
export function limitWords(bytes: number): { message: string; help: string } {
  return {
    message: `files of this process may have ${bytes.toLocaleString('en-US')} bytes at most`,
    help: 'raise the limit with  ulimit -f unlimited  and start again; nothing committed is lost, a run goes on with  runledger resume',
  };
}
