// Every kind of damage there is. Another one is a file beside this and a line here.
import { bits } from './bits.ts';
import { commits } from './commits.ts';
import { events } from './events.ts';
import { kills } from './kills.ts';
import type { Kind } from './kind.ts';
import { rebuilds } from './rebuilds.ts';
import { repeats } from './repeats.ts';
import { wal } from './wal.ts';

export const kinds: readonly Kind[] = [kills, wal, bits, commits, repeats, events, rebuilds];
