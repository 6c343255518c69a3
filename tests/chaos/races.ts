// Eight processes write into one ledger at once, and two of them want every version of the same stream. Each version has one winner, versions
// have no gaps, everything acknowledged is there, and nobody hears that another one was busy.
import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { openLedger } from '../../app/ledger/index.ts';
import { verifyLedger } from '../../app/ledger/verify/index.ts';
import { streamOf } from '../contracts/events.ts';
import { environment } from './environment.ts';
import { inFolder } from './folder.ts';
import { hold, type Kind, type Size } from './kind.ts';
import type { Won } from './races/racer.ts';

const processes = 8;
const attempts = 2;
const sizes: Record<Size, { events: number; rounds: number }> = {
  small: { events: 60, rounds: 40 },
  large: { events: 5_000, rounds: 1_000 },
};

async function raceOnce(seed: number, size: Size): Promise<void> {
  const { events, rounds } = sizes[size];
  await inFolder(async (folder) => {
    const racers = Array.from({ length: processes }, (_, index) => startRacer(folder, index + 1, seed, size));
    await Promise.all(racers.map(({ opened }) => opened));
    for (const { process: racer } of racers) racer.send('go');
    const won = await Promise.all(racers.map(({ ended }) => ended));

    const ledger = await openLedger(folder, { write: false });
    const dense = async (stream: string, length: number) => {
      const versions = (await ledger.log.read(stream)).map(({ version }) => version);
      hold(versions.length === length && versions.every((version, index) => version === index + 1), `${stream} has versions ${versions}`);
    };
    for (let number = 1; number <= processes; number++) await dense(streamOf('run', number), events);
    await dense(streamOf('run', 99), rounds);
    const authors = new Map((await ledger.log.read(streamOf('run', 99))).map(({ version, attempt }) => [version, attempt]));
    for (const [index, { versions }] of won.entries())
      for (const version of versions)
        hold(authors.get(version) === index + 1, `version ${version} was won by ${index + 1} and is ${authors.get(version)}'s`);
    hold(won.reduce((sum, { versions }) => sum + versions.length, 0) === rounds, 'a version has two winners, or none');
    await ledger.close();
    const { ok, faults } = await verifyLedger(folder);
    hold(ok, `verify: ${faults}`);
  });
}

interface Racer {
  process: ChildProcess;
  opened: Promise<void>;
  ended: Promise<Won>;
}

function startRacer(folder: string, number: number, seed: number, size: Size): Racer {
  const { events, rounds } = sizes[size];
  const args = [folder, number, seed, events, number <= attempts ? rounds : 0].map(String);
  const racer = fork(join(import.meta.dirname, 'races/racer.ts'), args, { env: environment, stdio: ['ignore', 'ignore', 'pipe', 'ipc'] });
  let complaint = '';
  racer.stderr?.on('data', (text) => {
    complaint += text;
  });
  const opened = Promise.withResolvers<void>();
  const ended = Promise.withResolvers<Won>();
  racer.on('message', (message: 'open' | Won) => (message === 'open' ? opened.resolve() : ended.resolve(message)));
  void once(racer, 'exit').then(([code]) => {
    const error = new Error(`process ${number} ended with code ${code}: ${complaint}`);
    opened.reject(error);
    ended.reject(error);
  });
  // Whoever fails first is told; the others end by themselves.
  ended.promise.catch(() => {});
  return { process: racer, opened: opened.promise, ended: ended.promise };
}

export const races: Kind = {
  name: 'races',
  what: 'eight processes append at once (5,000 events each), two of them race for one stream (1,000 times)',
  counts: { test: 1, chaos: 1 },
  run: raceOnce,
};
