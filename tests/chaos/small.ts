// The small counts, as tests: a kind is a test, its failure says the seed. Seeds are those that `npm run chaos` begins with.
import { test } from 'vitest';
import { type Kind, violation } from './kind.ts';

export function testKind({ name, what, counts, unable, run }: Kind): void {
  const reason = unable?.() ?? null;
  test.skipIf(reason !== null)(`${name}: ${what}${reason === null ? '' : ` (${reason})`}`, { timeout: 300_000 }, async () => {
    for (let seed = 1; seed <= counts.test; seed++) {
      try {
        const outcome = await run(seed, 'small');
        const wrong = outcome && violation(outcome);
        if (wrong) throw new Error(wrong);
      } catch (cause) {
        const why = cause instanceof Error ? cause.message : cause;
        throw new Error(`seed ${seed}: ${why}\nagain  npm run chaos -- --only ${name} --seed ${seed} --count 1`, { cause });
      }
    }
  });
}
