// The Work port on ledger.db: blocking statements for the ledger thread. The time comes with each call, from the caller's clock.
import type { Connection } from './connection.ts';
import { transact } from './connection.ts';

export interface ClaimedRow {
  key: string;
  /** JSON. */
  payload: string;
}

export function prepareWork(database: Connection) {
  const offer = database.prepare('INSERT INTO work (key, payload) VALUES (?, ?) ON CONFLICT (key) DO NOTHING');
  const next = database.prepare<[number], ClaimedRow>(
    `SELECT key, payload FROM work WHERE finished = 0 AND (token IS NULL OR lease_ends <= ?) ORDER BY ordinal LIMIT 1`,
  );
  const take = database.prepare('UPDATE work SET worker = ?, token = ?, lease_ends = ? WHERE key = ?');
  const beat = database.prepare('UPDATE work SET lease_ends = ? WHERE key = ? AND token = ? AND finished = 0');
  const finish = database.prepare('UPDATE work SET finished = 1, token = NULL, result = ? WHERE key = ? AND token = ? AND finished = 0');
  const giveBack = database.prepare('UPDATE work SET token = NULL, worker = NULL WHERE key = ? AND token = ? AND finished = 0');

  return {
    offer: (key: string, payload: string): boolean => transact(database, () => offer.run(key, payload).changes === 1),
    claim: (worker: string, token: string, now: number, leaseMs: number): ClaimedRow | null =>
      transact(database, () => {
        const row = next.get(now);
        if (row === undefined) return null;
        take.run(worker, token, now + leaseMs, row.key);
        return row;
      }),
    beat: (key: string, token: string, now: number, leaseMs: number): boolean =>
      transact(database, () => beat.run(now + leaseMs, key, token).changes === 1),
    finish: (key: string, token: string, result: string): boolean => transact(database, () => finish.run(result, key, token).changes === 1),
    giveBack: (key: string, token: string): boolean => transact(database, () => giveBack.run(key, token).changes === 1),
  };
}
