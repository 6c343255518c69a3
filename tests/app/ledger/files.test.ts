// Blobs as files: what the contract does not say, because memory has no files.
import { createHash } from 'node:crypto';
import { readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { fileBlobs } from '../../../app/ledger/files.ts';
import { idSource } from '../../contracts/events.ts';
import { temporaryFolder } from './folders.ts';

const bytes = new Uint8Array([1, 2, 3]);
const sha256 = createHash('sha256').update(bytes).digest('hex');

test('a file lies where its hash says, and no temporary file stays', async () => {
  const folder = temporaryFolder();
  await fileBlobs(folder, idSource()).put(bytes);
  expect(readdirSync(folder)).toEqual([sha256.slice(0, 2)]);
  expect(readdirSync(join(folder, sha256.slice(0, 2)))).toEqual([sha256]);
});

test('a damaged file is an error, never other bytes', async () => {
  const folder = temporaryFolder();
  const blobs = fileBlobs(folder, idSource());
  await blobs.put(bytes);
  writeFileSync(join(folder, sha256.slice(0, 2), sha256), 'other');
  await expect(blobs.get(sha256)).rejects.toMatchObject({ code: 'ledger.blobDamaged', place: expect.stringContaining(sha256) });
});

test('what a crash left half written is no blob', async () => {
  const folder = temporaryFolder();
  const blobs = fileBlobs(folder, idSource());
  await blobs.put(bytes);
  writeFileSync(join(folder, 'abandoned.part'), 'half');
  expect(await Array.fromAsync(blobs.list())).toEqual([{ sha256, bytes: 3 }]);
});

test('a folder that cannot be written is an error with help', async () => {
  const file = join(temporaryFolder(), 'file');
  writeFileSync(file, '');
  await expect(fileBlobs(file, idSource()).put(bytes)).rejects.toMatchObject({ code: 'ledger.io', help: expect.any(String) });
});
