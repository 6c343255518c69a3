// Every kind of damage there is. Another one is a file beside this and a line here.
import { bits } from './bits.ts';
import { clocks } from './clocks.ts';
import { commits } from './commits.ts';
import { events } from './events.ts';
import { fileSizes, pages, smallDisks } from './full.ts';
import { kills } from './kills.ts';
import type { Kind } from './kind.ts';
import { moments } from './moments.ts';
import { races } from './races.ts';
import { rebuilds } from './rebuilds.ts';
import { repeats } from './repeats.ts';
import { strangers } from './strangers.ts';
import { wal } from './wal.ts';

export const kinds: readonly Kind[] = [
  kills,
  wal,
  bits,
  pages,
  fileSizes,
  smallDisks,
  commits,
  races,
  repeats,
  clocks,
  events,
  moments,
  rebuilds,
  strangers,
];
