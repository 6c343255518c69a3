// Every page as of any event is the page of a ledger that ended there: a hundred moments of random histories.
// `npm run chaos` looks at a thousand.
import { test } from 'vitest';
import { momentsCase } from '../../chaos/moments.ts';

const histories = Array.from({ length: 20 }, (_, index) => index + 1);

test.for(histories)('history %i, as of five of its events', (seed) => momentsCase(seed, 5));
