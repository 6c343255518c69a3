// The error of a state that does not belong to this network.
import { RunledgerError } from '../errors.ts';

export function misfit(what: string, received: number | undefined, expected: number): RunledgerError {
  const got = received === undefined ? 'nothing' : `${received} values`;
  return new RunledgerError('engine.state', `the state has ${got} for ${what}, and the network has ${expected}`, {
    help: 'resume with the recipe that wrote the checkpoint',
    place: what,
  });
}
