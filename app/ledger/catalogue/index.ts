// The catalogue of events: every known type, the newest version of its schema, and the way from older versions to it.
// Unknown types are kept by the log and counted by the read models.
import type { z } from 'zod';
import { RunledgerError } from '../../../trainer/errors.ts';
import type { NewEvent, StoredEvent } from '../ports.ts';
import { facts } from './facts.ts';
import { runs } from './runs.ts';
import { sweeps } from './sweeps.ts';

const schemas = { ...facts, ...runs, ...sweeps };

export type EventType = keyof typeof schemas;

/** `data` of an event of this type, in the newest version. */
export type EventData<Type extends EventType> = z.infer<(typeof schemas)[Type]>;

/** Names of the fields of `data`, by type; docs/ledger.md says what they mean. */
export const fieldsOfTypes: Readonly<Record<EventType, readonly string[]>> = Object.fromEntries(
  Object.entries(schemas).map(([type, { shape }]) => [type, Object.keys(shape)]),
) as Record<EventType, string[]>;

/** Newest schema version a type; all stand at 1 so far. */
const newest: Partial<Record<EventType, number>> = {};

/** Turns `data` of one version into that of the next. Stored events are never rewritten; they are read through these. */
export type Upcaster = (event: StoredEvent) => StoredEvent;
export type Upcasters = Partial<Record<string, Record<number, Upcaster>>>;
const upcasters: Upcasters = {};

export function isKnownType(type: string): type is EventType {
  return Object.hasOwn(schemas, type);
}

/** Error `ledger.event` where a new event of a known type says something else than its schema. */
export function checkEvent(event: NewEvent): void {
  if (!isKnownType(event.type) || event.schemaVersion !== (newest[event.type] ?? 1)) return;
  const result = schemas[event.type].safeParse(event.data);
  if (result.success) return;
  const issue = result.error.issues[0] as z.core.$ZodIssue;
  const path = ['data', ...issue.path].join('.');
  const received = issue.path.reduce<unknown>((value, key) => (value as Record<PropertyKey, unknown> | undefined)?.[key], event.data);
  throw new RunledgerError('ledger.event', `${event.type}: ${path} is ${JSON.stringify(received)}: ${issue.message}`, {
    place: path,
    help: 'docs/ledger.md lists what each event carries',
  });
}

/** The event as its newest version says it; null where the type or the version is unknown to this program. */
export function upcast(event: StoredEvent, ways: Upcasters = upcasters): StoredEvent | null {
  if (!isKnownType(event.type)) return null;
  const target = newest[event.type] ?? 1;
  let current = event;
  while (current.schemaVersion < target) {
    const step = ways[event.type]?.[current.schemaVersion];
    if (step === undefined) return null;
    current = step(current);
  }
  return current.schemaVersion === target ? current : null;
}
