// A process that does one case after another, as its parent asks: whatever a case does to it, the parent lives and knows the seed.

import { type Outcome, violation } from './kind.ts';
import { kinds } from './kinds.ts';

export interface Task {
  kind: string;
  seed: number;
}

export interface Answer {
  outcome: Outcome | null;
  error: string | null;
}

process.on('message', async ({ kind, seed }: Task) => {
  const answer = await runCase(kind, seed);
  process.send?.(answer satisfies Answer);
});
process.on('disconnect', () => process.exit(0));

async function runCase(name: string, seed: number): Promise<Answer> {
  try {
    const kind = kinds.find((other) => other.name === name);
    if (kind === undefined) throw new Error(`there is no kind ${name}`);
    const outcome = (await kind.run(seed, 'large')) ?? null;
    return { outcome, error: outcome && violation(outcome) };
  } catch (error) {
    return { outcome: null, error: error instanceof Error ? (error.stack ?? error.message) : String(error) };
  }
}
