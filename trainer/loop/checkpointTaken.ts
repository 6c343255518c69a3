// The fact that a checkpoint was taken, with its bytes.
import { type Checkpoint, encodeCheckpoint } from '../checkpoint.ts';
import type { EngineState } from '../engine.ts';
import type { CheckpointTaken } from '../facts.ts';
import type { Run } from './run.ts';

/** Takes one at the run's position; `cut` tells how far an epoch is that is cut short. Leaves no trace in the fingerprint. */
export function checkpointTaken(
  { position, best, plateau, patience }: Run,
  reason: CheckpointTaken['data']['reason'],
  cut: Pick<Checkpoint, 'progress' | 'suspect'>,
  state: EngineState,
): CheckpointTaken {
  const kept = best && { epoch: best.epoch, validation: best.validation };
  const rules = { plateau: plateau ?? undefined, patience: patience ?? undefined };
  const { bytes: blob, sha256 } = encodeCheckpoint({
    ...position,
    best: kept,
    progress: cut.progress,
    suspect: cut.suspect,
    ...rules,
    state,
  });
  return {
    type: 'CheckpointTaken',
    data: { ...position, sha256, bytes: blob.length, reason },
    measured: {},
    blob,
  };
}
