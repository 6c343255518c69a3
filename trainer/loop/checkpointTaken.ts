// The fact that a checkpoint was taken, with its bytes.
import { encodeCheckpoint } from '../checkpoint.ts';
import type { EngineState } from '../engine.ts';
import type { CheckpointTaken } from '../facts.ts';
import type { EpochProgress } from '../measures/epochMeter.ts';
import type { Run } from './run.ts';

/** Takes one at the run's position; `cut` where an epoch is cut short. Leaves no trace in the fingerprint. */
export function checkpointTaken(
  { position, best }: Run,
  reason: CheckpointTaken['data']['reason'],
  cut: { progress: EpochProgress; suspect: string | null } | null,
  state: EngineState,
): CheckpointTaken {
  const kept = best && { epoch: best.epoch, validation: best.validation };
  const { bytes: blob, sha256 } = encodeCheckpoint({ ...position, best: kept, ...(cut ?? { progress: null, suspect: null }), state });
  return {
    type: 'CheckpointTaken',
    data: { ...position, sha256, bytes: blob.length, reason },
    measured: {},
    blob,
  };
}
