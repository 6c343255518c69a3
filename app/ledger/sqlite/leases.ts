// The leases of this process in ledger.db: blocking statements for the ledger thread. Nothing of this is history: leases are outside of
// the log and of every rebuild.
import { type Lease, liveness } from '../liveness.ts';
import type { ProcessIdentity } from '../process.ts';
import { type Connection, transact } from './connection.ts';

/** A Lease, from the table `leases`. */
export const leaseColumns =
  'leases.run_id AS runId, process_id AS processId, boot_id AS bootId, process_start AS processStart, beat_at AS beatAt';

export interface LeaseWriter {
  /** `now` in milliseconds since 1970. Takes over whatever lease there was. */
  hold(runId: string, now: number): void;
  /** The same where nobody living holds the run, this process included: then true. */
  take(runId: string, now: number): boolean;
  /** Where the disk refuses, it throws, and the next beat tries again. */
  release(runId: string): void;
  /** Renews every lease held here; another process's lease is left alone. */
  beat(now: number): void;
  releaseAll(): void;
}

export function prepareLeases(database: Connection, identity: ProcessIdentity): LeaseWriter {
  const { processId, bootId, processStart } = identity;
  const held = new Set<string>();
  const hold = database.prepare(
    `INSERT INTO leases (run_id, process_id, boot_id, process_start, beat_at) VALUES (?, ?, ?, ?, ?)
     ON CONFLICT (run_id) DO UPDATE SET process_id = excluded.process_id, boot_id = excluded.boot_id,
       process_start = excluded.process_start, beat_at = excluded.beat_at`,
  );
  const find = database.prepare<[string], Lease>(`SELECT ${leaseColumns} FROM leases WHERE run_id = ?`);
  const ours = 'run_id = ? AND process_id = ? AND boot_id IS ? AND process_start IS ?';
  const beat = database.prepare(`UPDATE leases SET beat_at = ? WHERE ${ours}`);
  const release = database.prepare(`DELETE FROM leases WHERE ${ours}`);

  /** Not held any more, but still on disk: a full disk takes no deletion either, so each beat tries again. */
  const leaving = new Set<string>();

  function letGo(): void {
    if (leaving.size === 0) return;
    transact(database, () => {
      for (const runId of leaving) release.run(runId, processId, bootId, processStart);
    });
    leaving.clear();
  }

  function keep(runId: string): void {
    held.add(runId);
    leaving.delete(runId);
  }

  return {
    hold(runId, now) {
      transact(database, () => hold.run(runId, processId, bootId, processStart, now));
      keep(runId);
    },
    take(runId, now) {
      const taken = transact(database, () => {
        const free = leaving.has(runId) || liveness(find.get(runId) ?? null, now) === 'dead';
        if (held.has(runId) || !free) return false;
        hold.run(runId, processId, bootId, processStart, now);
        return true;
      });
      if (taken) keep(runId);
      return taken;
    },
    release(runId) {
      held.delete(runId);
      leaving.add(runId);
      letGo();
    },
    beat(now) {
      letGo();
      if (held.size === 0) return;
      transact(database, () => {
        for (const runId of held) beat.run(now, runId, processId, bootId, processStart);
      });
    },
    releaseAll() {
      for (const runId of held) leaving.add(runId);
      held.clear();
      letGo();
    },
  };
}
