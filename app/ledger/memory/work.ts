// Work in memory: the reference of the contract suite. A claim holds until its lease ends; then the item can be claimed again.
import type { Claim, Json, Work, WorkItem } from '../ports.ts';

interface Entry extends WorkItem {
  token: string | null;
  leaseEnds: number;
  finished: boolean;
  result: Json;
}

/** `clock` gives milliseconds since 1970; `newToken` never gives the same text twice. */
export function memoryWork(clock: () => number, newToken: () => string): Work {
  const entries = new Map<string, Entry>();
  const held = (claim: Claim) => {
    const entry = entries.get(claim.key);
    return entry !== undefined && !entry.finished && entry.token === claim.token ? entry : null;
  };
  return {
    async offer({ key, payload }) {
      if (entries.has(key)) return false;
      entries.set(key, { key, payload, token: null, leaseEnds: 0, finished: false, result: null });
      return true;
    },
    async claim(_worker, { leaseMs }) {
      const now = clock();
      const entry = [...entries.values()].find((item) => !item.finished && (item.token === null || item.leaseEnds <= now));
      if (entry === undefined) return null;
      entry.token = newToken();
      entry.leaseEnds = now + leaseMs;
      return { key: entry.key, payload: entry.payload, token: entry.token };
    },
    async beat(claim, { leaseMs }) {
      const entry = held(claim);
      if (entry) entry.leaseEnds = clock() + leaseMs;
      return entry !== null;
    },
    async finish(claim, result) {
      const entry = held(claim);
      if (entry) Object.assign(entry, { finished: true, token: null, result });
      return entry !== null;
    },
    async giveBack(claim) {
      const entry = held(claim);
      if (entry) entry.token = null;
      return entry !== null;
    },
  };
}
