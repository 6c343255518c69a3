// What `npm run chaos` may be asked. Parsed here, so that a mistake is told before anything is damaged.
import { availableParallelism } from 'node:os';
import { parseArgs } from 'node:util';

export const usage = `npm run chaos [-- options]     does everything to ledgers that must not hurt them, in large counts
  --only <kind>      one kind of damage; --only list names them
  --seed <n>         the first seed, 1 by default; a failure prints its own
  --count <n>        so many cases of each kind
  --kills <n>        so many kills and nothing else
  --jobs <n>         cases side by side, as many as cores by default
  --json             one JSON object on the last line
  --help`;

export interface Options {
  only: string | null;
  seed: number;
  /** Null for each kind's own. */
  count: number | null;
  jobs: number;
  json: boolean;
  help: boolean;
}

/** Throws a TypeError with what is wrong. */
export function parseOptions(args: readonly string[]): Options {
  const { values } = parseArgs({
    args: [...args],
    options: {
      only: { type: 'string' },
      seed: { type: 'string' },
      count: { type: 'string' },
      kills: { type: 'string' },
      jobs: { type: 'string' },
      json: { type: 'boolean', default: false },
      help: { type: 'boolean', short: 'h', default: false },
    },
  });
  const { kills } = values;
  return {
    only: kills === undefined ? (values.only ?? null) : 'kills',
    seed: natural('seed', values.seed) ?? 1,
    count: natural('kills', kills) ?? natural('count', values.count),
    jobs: natural('jobs', values.jobs) ?? availableParallelism(),
    json: values.json,
    help: values.help,
  };
}

function natural(name: string, text: string | undefined): number | null {
  if (text === undefined) return null;
  if (/^[1-9]\d{0,8}$/.test(text)) return Number(text);
  throw new TypeError(`--${name} ${text} is no number from 1 on`);
}
