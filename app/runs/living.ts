// The status of a run as a reading command may tell it: the views only know how old a lease is, here the process itself is looked for.
// Commands that write put the same into the log (`sweepInterrupted`).
import type { Status } from '../../views/format/status.ts';
import type { Leases } from '../ledger/leases.ts';

/**
 * A run that claims to be under way and whose process is gone is `interrupted`, before any event says so. One that the views gave up because its
 * lease is silent, and whose process lives (the clock was set, the machine slept), is only doubted.
 */
export async function livingStatus(leases: Pick<Leases, 'state' | 'held'>, runId: string, status: Status): Promise<Status> {
  if (status === 'queued') return (await leases.held(runId)) && (await leases.state(runId)) === 'dead' ? 'interrupted' : 'queued';
  if (status !== 'running' && status !== 'suspect' && status !== 'interrupted') return status;
  const state = await leases.state(runId);
  return state === 'dead' ? 'interrupted' : state === 'suspect' ? 'suspect' : 'running';
}
