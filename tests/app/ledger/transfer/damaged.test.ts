// An export that was damaged, cut, or put together by somebody who means no good: refused whole, and the ledger is as it was.
import { closeSync, openSync, readFileSync, statSync, writeFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { zstdCompressSync } from 'node:zlib';
import { pack } from 'tar-stream';
import { beforeEach, expect, test } from 'vitest';
import { eventHash } from '../../../../app/ledger/hash.ts';
import type { Ledger } from '../../../../app/ledger/index.ts';
import { encodeJson } from '../../../../app/ledger/json.ts';
import { type EventLine, fromLine, type Manifest } from '../../../../app/ledger/transfer/format.ts';
import { ledgerHead } from '../../../../app/ledger/verify/chain.ts';
import { temporaryFolder, temporaryLedger } from '../folders.ts';
import { generator } from '../synthetic.ts';
import { append, entriesOf, eventsOf, exported, importInto, recordRun, sealed, stateOf, twoRuns } from './ledgers.ts';

let whole: Buffer;
let entries: Map<string, Buffer>;
/** Once; its ledger goes with the first test. */
beforeEach(async () => {
  if (whole !== undefined) return;
  const { ledger } = await twoRuns();
  const path = await exported(ledger);
  whole = readFileSync(path);
  entries = await entriesOf(path);
});

/** A ledger that holds something already. */
async function target(): Promise<Ledger> {
  const ledger = await temporaryLedger();
  await recordRun(ledger, eventsOf(4), 4);
  return ledger;
}

async function refused(ledger: Ledger, path: string, code: RegExp, mostBytes = 1e9): Promise<string> {
  const before = await stateOf(ledger);
  const error = await importInto(ledger, path, { mostBytes }).then(
    () => null,
    (thrown) => thrown,
  );
  expect(error?.code, error?.message ?? 'it was taken over').toMatch(code);
  expect(error.help).toBeTruthy();
  expect(await stateOf(ledger)).toBe(before);
  return error.message;
}

test('one flipped bit anywhere, or an end cut off anywhere', async () => {
  const ledger = await target();
  const path = join(temporaryFolder(), 'damaged.tar.zst');
  for (let seed = 1; seed <= 200; seed++) {
    const random = generator(seed);
    const at = Math.floor(random() * whole.length);
    if (seed % 2 === 0) {
      writeFileSync(path, whole.subarray(0, at));
    } else {
      writeFileSync(path, whole);
      const file = openSync(path, 'r+');
      writeSync(file, Buffer.of(whole[at]! ^ (1 << Math.floor(random() * 8))), 0, 1, at);
      closeSync(file);
    }
    await refused(ledger, path, /^archive\.(damaged|foreign)$/).catch((error) => {
      throw new Error(`seed ${seed}, byte ${at} of ${whole.length}: ${error.message}`);
    });
  }
  writeFileSync(path, whole);
  expect(await importInto(ledger, path)).toMatchObject({ known: 0 });
});

test('what is missing, empty, another program’s, or a folder', async () => {
  const ledger = await target();
  const folder = temporaryFolder();
  await refused(ledger, join(folder, 'nothing'), /^archive\.missing$/);
  await refused(ledger, folder, /^archive\.access$/);
  const path = join(folder, 'file');
  writeFileSync(path, '');
  await refused(ledger, path, /^archive\.foreign$/);
  writeFileSync(path, 'PK\u0003\u0004 some other archive');
  await refused(ledger, path, /^archive\.foreign$/);
  writeFileSync(path, zstdCompressSync(Buffer.from('no tar at all')));
  await refused(ledger, path, /^archive\.damaged$/);
});

const manifestOf = (): Manifest => JSON.parse(entries.get('manifest.json')!.toString()) as Manifest;
const json = (value: unknown): Buffer => Buffer.from(JSON.stringify(value));
const eventsName = 'events/000001.ndjson';
const linesOf = (): EventLine[] => entries.get(eventsName)!.toString().trim().split('\n').map(fromLine);
const toText = (lines: EventLine[]): Buffer =>
  Buffer.from(
    lines.map((line) => `${JSON.stringify({ ...line, arrays: line.arrays && Buffer.from(line.arrays).toString('base64') })}\n`).join(''),
  );

/** The archive with some entries in place of others, sealed as a good one. */
const withEntries = (changed: Record<string, Uint8Array>) => sealed(new Map<string, Uint8Array>([...entries, ...Object.entries(changed)]));

/** With lines changed and every hash after them computed again, as somebody who knows the format could; the manifest follows. */
async function withLines(change: (lines: EventLine[]) => EventLine[]): Promise<string> {
  const heads = new Map<string, { version: number; hash: string }>();
  const lines = change(linesOf()).map((line) => {
    const version = (heads.get(line.stream)?.version ?? 0) + 1;
    const hash = eventHash(heads.get(line.stream)?.hash ?? null, line.stream, version, line);
    heads.set(line.stream, { version, hash });
    return { ...line, version, hash };
  });
  const streams = [...heads].map(([stream, head]) => ({ stream, ...head })).sort((a, b) => (a.stream < b.stream ? -1 : 1));
  const manifest = { ...manifestOf(), events: lines.length, streams, head: ledgerHead(streams) };
  return withEntries({ 'manifest.json': json(manifest), [eventsName]: toText(lines) });
}

test('sealed again after a change: each is told by what it is', async () => {
  const ledger = await target();
  const lines = linesOf();
  const manifest = manifestOf();
  const blob = `blobs/${manifest.blobs[0]!.sha256}`;
  const cases: [what: string, archive: Promise<string>, message: RegExp, code?: RegExp][] = [
    [
      'a changed event',
      withEntries({ [eventsName]: toText(lines.map((line, i) => (i === 4 ? { ...line, recordedAt: '2020-01-01T00:00:00.000Z' } : line))) }),
      /version 5, .*its hash is not that of its content/,
    ],
    ['an event left out', withEntries({ [eventsName]: toText(lines.filter((_, i) => i !== 4)) }), /has version 6 after 4/],
    ['the last events left out', withEntries({ [eventsName]: toText(lines.slice(0, -1)) }), /promises/],
    ['an event twice', withEntries({ [eventsName]: toText([lines[0]!, ...lines]) }), /has version 1 after 1/],
    ['a blob of other bytes', withEntries({ [blob]: Buffer.from('other') }), /holds other bytes/],
    ['a blob that is missing', sealed([...entries].filter(([name]) => name !== blob)), /holds 1 files and promises 2/],
    [
      'a needed blob that nobody promises',
      sealed([
        ['manifest.json', json({ ...manifest, blobs: manifest.blobs.slice(1) })],
        ...[...entries].filter(([name]) => name !== blob && name !== 'manifest.json'),
      ]),
      /is missing, which its events need/,
    ],
    ['a name that climbs', withEntries({ '../../../../tmp/evil': Buffer.from('x') }), /has no place in it/],
    ['an absolute name', withEntries({ '/etc/evil': Buffer.from('x') }), /has no place in it/],
    ['a blob under a name that is no hash', withEntries({ 'blobs/../../evil': Buffer.from('x') }), /has no place in it/],
    [
      'a blob that no event names',
      sealed([...entries, ['blobs/2d711642b726b04401627ca9fbac32f5c8530fb1903cc4db02258717921a4881', Buffer.from('x')]]),
      /promises|no event names/,
    ],
    ['no manifest', sealed([...entries].filter(([name]) => name !== 'manifest.json')), /begins with/],
    ['nothing', sealed([]), /empty/, /^archive\.damaged$/],
    ['a manifest of another format', withEntries({ 'manifest.json': json({ format: 'theirs', version: 1 }) }), /another program/],
    ['a manifest that is no JSON', withEntries({ 'manifest.json': Buffer.from('{') }), /no JSON/],
    ['a manifest of a newer format', withEntries({ 'manifest.json': json({ ...manifest, version: 9 }) }), /format 9/, /^archive\.newer$/],
    ['a manifest with another head', withEntries({ 'manifest.json': json({ ...manifest, head: 'ab'.repeat(32) }) }), /its head is not/],
    ['a line that is no event', withEntries({ [eventsName]: Buffer.from('{"stream":1}\n') }), /event 1: /],
    [
      'a field too many',
      withEntries({ [eventsName]: Buffer.from(`${JSON.stringify({ ...lines[0], arrays: null, extra: 1 })}\n`) }),
      /extra/,
    ],
    [
      'a known event that says something else than its schema',
      withLines((all) => all.map((line) => (line.type === 'EpochMeasured' ? { ...line, data: encodeJson({ epoch: 0 }) } : line))),
      /EpochMeasured: data/,
    ],
    [
      'JSON that was not written by us',
      withLines((all) => all.map((line, i) => (i === 0 ? { ...line, measured: '{ }' } : line))),
      /measured of an event is/,
    ],
    [
      'a stream that is no name',
      withLines((all) => all.map((line) => ({ ...line, stream: line.stream.replace('sweep/', '../') }))),
      /is no name of a stream/,
    ],
    ['two events of one id', withLines((all) => all.map((line, i) => (i === 3 ? { ...line, id: all[2]!.id } : line))), /this key is taken/],
  ];
  for (const [what, archive, message, code = /^archive\.content$/] of cases)
    expect(await refused(ledger, await archive, code), what).toMatch(message);
});

test('what unpacks to more than it may is left at that point, whatever its headers say', async () => {
  const ledger = await target();
  const bomb = await sealed([['manifest.json', new Uint8Array(50_000_000)]]);
  expect(statSync(bomb).size).toBeLessThan(100_000);
  expect(await refused(ledger, bomb, /^archive\.limit$/, 1_000_000)).toMatch(/unpacks to more than 1,000,000 bytes/);
});

test('links, devices and folders have no place in it', async () => {
  const ledger = await target();
  const { createHash } = await import('node:crypto');
  for (const type of ['symlink', 'link', 'directory', 'character-device'] as const) {
    const archive = pack();
    archive.entry({ name: 'manifest.json', type, linkname: '/etc/passwd' });
    archive.finalize();
    const bytes = zstdCompressSync(await buffer(archive));
    const seal = Buffer.alloc(8);
    seal.writeUInt32LE(0x184d2a50, 0);
    seal.writeUInt32LE(32, 4);
    const path = join(temporaryFolder(), 'links.tar.zst');
    writeFileSync(path, Buffer.concat([bytes, seal, createHash('sha256').update(bytes).digest()]));
    expect(await refused(ledger, path, /^archive\.content$/)).toMatch(/is no file/);
  }
});

test('a ledger that goes on meanwhile: the import waits for no one, and both are whole', async () => {
  const ledger = await target();
  const path = join(temporaryFolder(), 'whole.tar.zst');
  writeFileSync(path, whole);
  const event = eventsOf(6);
  const appends = Array.from({ length: 50 }, (_, version) =>
    ledger.log.append(`run/${'0'.repeat(8)}-0000-4000-8000-000000000077`, version, [event('Counted', { data: { version } })]),
  );
  const imported = importInto(ledger, path);
  await append(ledger, `sweep/${'0'.repeat(8)}-0000-4000-8000-000000000078`, [event('Beside')]);
  expect((await Promise.all(appends)).every(({ kind }) => kind === 'appended')).toBe(true);
  expect((await imported).known).toBe(0);
});
