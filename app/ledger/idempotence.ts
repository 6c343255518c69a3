// What every log says when an id comes again with another meaning.
import { RunledgerError } from '../../trainer/errors.ts';

export function idempotence(id: string, what: string): RunledgerError {
  return new RunledgerError('ledger.idempotence', `event ${id} ${what}`, { help: 'give every new event an id of its own' });
}
