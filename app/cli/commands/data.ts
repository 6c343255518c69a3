// `runledger data`: which data sets there are, fetching one, checking its files.
import { Command } from 'commander';
import type { CliContext } from '../context.ts';

export function dataCommand(_context: CliContext): Command {
  return new Command('data').description('List, fetch and check data sets.');
}
