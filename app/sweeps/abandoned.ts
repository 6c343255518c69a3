// Writes down the end of runs and sweeps whose process is gone, so that nothing is under way for ever. Commands that write anyway call this
// before they begin.
import { applicationEvent, type RecordingHost } from '../runs/events.ts';

/** Runs first: `RunInterrupted`; then `SweepStopped`. What went on meanwhile is left alone. */
export async function recordAbandoned(host: RecordingHost): Promise<void> {
  const { log, leases, database, sweepInterrupted } = host.ledger;
  await sweepInterrupted();
  const running = database.prepare<[], string>("SELECT sweep_id FROM v1_sweeps WHERE status = 'running'").pluck().all();
  for (const sweepId of running) {
    if (!(await leases.gone(sweepId))) continue;
    const { version } = await log.head(`sweep/${sweepId}`);
    const stopped = applicationEvent(host, 'SweepStopped', { by: 'lease', why: 'its process is gone' });
    await log.append(`sweep/${sweepId}`, version, [stopped], { flush: true });
  }
}
