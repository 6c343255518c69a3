// A replay in the terminal: how far it is, then its verdict.
import packageJson from '../../../package.json' with { type: 'json' };
import { NUMERICS } from '../../../trainer/index.ts';
import { grouped, runReference } from '../../../views/format/identity.ts';
import { integer } from '../../../views/format/number.ts';
import { duration } from '../../../views/format/time.ts';
import type { Json } from '../../ledger/ports.ts';
import type { Difference } from '../../runs/difference.ts';
import type { Verdict } from '../../runs/replay.ts';
import { bar } from '../terminal/bar.ts';
import type { Screen } from '../terminal/screen.ts';

interface Standing {
  done: number;
  total: number;
  epoch: number;
  epochs: number;
}

/** The bar and the figures beside it; facts are not known before the first was compared. */
export function replayBlock({ done, total, epoch, epochs }: Standing, elapsedMs: number, { paint }: Screen): string {
  const share = total === 0 ? 0 : done / total;
  const where = epochs === 0 ? 'generating kernels' : `epoch ${epoch}/${epochs}`;
  const facts = total === 0 ? '' : `  ${integer(done)} of ${integer(total)} facts`;
  return `${bar(share, 30, paint)}  ${paint.muted(`${where}${facts} · ${duration(elapsedMs / 1000)}`)}`;
}

export function replayReport(verdict: Verdict, now: { threads: number; seconds: number }, screen: Screen): string[] {
  return verdict.difference === null ? identical(verdict, now, screen) : differs(verdict, verdict.difference, screen);
}

function identical(
  { facts, total, weights, fromEpoch, untilEpoch, fingerprint, recordedOn }: Verdict,
  { threads, seconds }: { threads: number; seconds: number },
  { paint }: Screen,
): string[] {
  const first = fromEpoch + 1;
  const epochs = first < untilEpoch ? `epochs ${first} to ${untilEpoch}` : `epoch ${untilEpoch}`;
  const then = `${said(recordedOn.cpu)}, ${threadsOf(recordedOn.threads)}, runledger ${said(recordedOn.runledger)}`;
  return [
    `${paint.better('✓ identical')}  ${integer(facts)} of ${integer(total)} facts, ${hashes(weights)}, ${epochs} · ${duration(seconds)}`,
    `  ${paint.muted('recorded')}  ${then}   ${paint.muted('now')}  ${threadsOf(threads)}, ${packageJson.version}`,
    ...(fingerprint === null ? [] : [`  ${paint.muted('fingerprint')}  ${grouped(fingerprint, 16)}`]),
  ];
}

function differs({ runId, facts, weights, fromEpoch }: Verdict, difference: Difference, { paint }: Screen): string[] {
  const { epoch, step, layer, fact, value, recorded, replayed, note } = difference;
  const where = layer === null ? `${fact}` : `layer ${layer}`;
  const run = runReference(runId);
  const distance = ulpDistance(recorded, replayed);
  const apart = distance === null ? '' : paint.muted(`     ${integer(distance)} ${distance === 1 ? 'unit' : 'units'} in the last place`);
  return [
    `${paint.worse(`✗ differs at epoch ${epoch}`)}  step ${integer(step)}, ${where}`,
    `  ${paint.muted('what')}      ${value}`,
    `  ${paint.muted('recorded')}  ${paint.worse(shown(recorded))}${bits(recorded, layer)}`,
    `  ${paint.muted('replayed')}  ${shown(replayed)}${bits(replayed, layer)}${apart}`,
    `  ${paint.muted('before')}    ${integer(facts)} facts and ${hashes(weights)} are identical`,
    ...(note === null ? [] : [`  ${paint.muted('note')}      ${note}`]),
    '',
    `  The run was recorded and replayed with numerics ${NUMERICS}, so the recorded value was`,
    '  changed later, or one of the two hosts computed wrongly.',
    `${paint.bold('help')}  runledger verify   ${paint.muted('was the record changed?')}`,
    `      runledger replay ${run}${fromEpoch > 0 ? ` --from ${fromEpoch}` : ''}   ${paint.muted('does it repeat?')}`,
  ];
}

const hashes = (count: number): string => `${count} weight ${count === 1 ? 'hash' : 'hashes'}`;

const threadsOf = (count: Json | undefined): string => `${said(count)} ${count === 1 ? 'thread' : 'threads'}`;

const said = (value: Json | undefined): string => (value === undefined || value === null ? '?' : String(value));

function shown(value: Json): string {
  if (value === null) return 'nothing';
  if (typeof value === 'number') return Number.isInteger(value) ? String(value) : value.toPrecision(9);
  return typeof value === 'string' ? value : JSON.stringify(value);
}

/** The four bytes of a Float32, where the value is one: it belongs to a layer's arrays. */
function bits(value: Json, layer: string | null): string {
  if (layer === null || typeof value !== 'number') return '';
  const bytes = new Uint8Array(4);
  new DataView(bytes.buffer).setFloat32(0, value);
  return ` ${[...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join(' ')}`;
}

/** How many Float32 lie between two of them; null for what is none. */
function ulpDistance(a: Json, b: Json): number | null {
  if (typeof a !== 'number' || typeof b !== 'number') return null;
  if (Math.fround(a) !== a || Math.fround(b) !== b || !Number.isFinite(a) || !Number.isFinite(b)) return null;
  const view = new DataView(new ArrayBuffer(4));
  const ordered = (value: number): number => {
    view.setFloat32(0, value);
    const word = view.getInt32(0);
    return word < 0 ? -(word & 0x7fffffff) : word;
  };
  return Math.abs(ordered(a) - ordered(b));
}
