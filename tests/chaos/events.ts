// Fuzzed events, a hundred a case: of known types with odd values that their schemas allow, and of unknown types with anything. What is
// appended comes back to the bit, what is refused is refused in words, and no reducer ever throws.
import fc from 'fast-check';
import { encodeEvent } from '../../app/ledger/encode.ts';
import type { NewEvent } from '../../app/ledger/ports.ts';
import { eventReader } from '../../app/ledger/sqlite/events.ts';
import { verifyChain } from '../../app/ledger/verify/chain.ts';
import { verifyReadModels } from '../../app/ledger/verify/readModels.ts';
import { RunledgerError } from '../../trainer/errors.ts';
import { exact, publishedViews } from './answers.ts';
import { anyEvent } from './events/arbitrary.ts';
import { inFolder } from './folder.ts';
import { hold, type Kind } from './kind.ts';
import { openWriterIn } from './sample.ts';

const eventsACase = 100;

async function appendFuzzed(seed: number): Promise<void> {
  const drawn = fc.sample(anyEvent, { seed, numRuns: eventsACase });
  await inFolder(async (folder) => {
    const writer = await openWriterIn(folder);
    try {
      const versions = new Map<string, number>();
      const accepted: { stream: string; event: NewEvent }[] = [];
      const requests = drawn.flatMap(({ stream, event }) => {
        const encoded = encodeOrRefuse(event);
        if (encoded === null) return [];
        const expectedVersion = versions.get(stream) ?? 0;
        versions.set(stream, expectedVersion + 1);
        accepted.push({ stream, event });
        return [{ stream, expectedVersion, events: [encoded] }];
      });
      for (const [index, reply] of writer.appendAll(requests).entries()) {
        const { event } = accepted[index]!;
        if ('error' in reply)
          throw new Error(`${event.type} is not taken: ${(reply.error as Error).stack}\n${exact(event).slice(0, 2000)}`);
        hold(reply.outcome.kind === 'appended', `${event.type}: a conflict`);
      }
      const { events } = await eventReader(writer.database).readAll({ limit: Number.MAX_SAFE_INTEGER });
      hold(events.length === accepted.length, `${accepted.length} were appended, ${events.length} are read`);
      for (const [index, stored] of events.entries()) {
        const { position: _position, stream, version: _version, hash: _hash, ...event } = stored;
        const said = exact(inOrder({ stream, event }));
        hold(said === exact(inOrder(accepted[index]!)), () => `came back as ${said.slice(0, 2000)}`);
      }
      for (const view of publishedViews) writer.database.prepare(`SELECT * FROM "${view}"`).all();
      hold(verifyChain(writer.database).damages.length === 0, 'the chain does not hold');
      const differences = verifyReadModels(writer.database);
      hold(differences.length === 0, `rebuilt otherwise: ${differences}`);
    } finally {
      writer.close();
    }
  });
}

/** Null where it is refused as it should be. */
function encodeOrRefuse(event: NewEvent) {
  try {
    return encodeEvent(event);
  } catch (error) {
    if (error instanceof RunledgerError) return null;
    throw new Error(`${event.type}: not an error of ours: ${(error as Error).stack}`, { cause: error });
  }
}

/** Keys sorted, so that text can be compared; bytes as numbers. */
function inOrder(value: unknown): unknown {
  if (value instanceof Uint8Array) return [...value];
  if (Array.isArray(value)) return value.map(inOrder);
  if (value === null || typeof value !== 'object') return value;
  return Object.entries(value)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, item]) => [key, inOrder(item)]);
}

export const events: Kind = {
  name: 'events',
  what: `fuzzed events, ${eventsACase} a case: NaN, infinities, −0, 2^53+1, lone surrogates, __proto__, depth, size`,
  counts: { test: 200, chaos: 5_000 },
  run: appendFuzzed,
};
