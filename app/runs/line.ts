// The facts of a run that stand. A run that is taken up again goes on from a checkpoint; what an earlier attempt recorded after it stays in
// history, and is superseded. The read models follow the same rule (app/ledger/sqlite/fold.ts).
import type { FactType } from '../../trainer/index.ts';
import { facts } from '../ledger/catalogue/facts.ts';
import type { EventData } from '../ledger/catalogue/index.ts';
import type { StoredEvent } from '../ledger/ports.ts';

export interface RecordedFact extends StoredEvent {
  type: FactType;
}

type Checkpoint = EventData<'CheckpointTaken'>;

/** `data` of a recorded fact of this type. */
export type Recorded<Type extends FactType> = RecordedFact & { type: Type; data: EventData<Type> };

export function isOf<Type extends FactType>(fact: RecordedFact, type: Type): fact is Recorded<Type> {
  return fact.type === type;
}

/** The surviving facts of a run's stream, in order. `events` are the stream from its first one on. */
export function survivingLine(events: readonly StoredEvent[]): RecordedFact[] {
  let line: RecordedFact[] = [];
  for (const event of events) {
    if (event.type === 'RunResumed') line = line.slice(0, survivors(line, event.data as EventData<'RunResumed'>));
    else if (Object.hasOwn(facts, event.type)) line.push(event as RecordedFact);
  }
  return line;
}

/** How many facts stand where a run goes on from a checkpoint: up to the newest fact that names it. */
function survivors(line: readonly RecordedFact[], { checkpoint, step }: EventData<'RunResumed'>): number {
  if (checkpoint === null) return 0;
  return (
    1 +
    line.findLastIndex(
      ({ type, data }) => type === 'CheckpointTaken' && (data as Checkpoint).sha256 === checkpoint && (data as Checkpoint).step === step,
    )
  );
}
