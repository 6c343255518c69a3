// The engines that npm has, as contenders; each runs in a process of its own (peers/).
import { join } from 'node:path';
import { Child } from '../measure/child.ts';
import type { Contender } from '../measure/sampling.ts';
import { peersFolder } from '../peers/install.ts';

export interface PeerOptions {
  name: string;
  /** File of peers/. */
  program: string;
  batch: number;
  threads: number;
  /** Added to the environment. */
  environment?: Readonly<Record<string, string>>;
}

/** Rate in images a second. */
export function peerContender({ name, program, batch, threads, environment = {} }: PeerOptions): Contender {
  const args = [join(import.meta.dirname, '../peers', program), peersFolder];
  const child = new Child({ command: process.execPath, args, environment });
  return {
    name,
    measure: async (seconds) => (await child.ask<{ imagesPerSecond: number }>({ batch, threads, seconds })).imagesPerSecond,
    dispose: () => child.dispose(),
  };
}
