// What every Blobs must do.
import { createHash } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { Blobs } from '../../app/ledger/ports.ts';
import type { Opened } from './log.ts';

const absent = '0'.repeat(64);

export function blobsContract(name: string, open: () => Promise<Opened<Blobs>>): void {
  describe(`Blobs, ${name}`, () => {
    let blobs: Blobs;
    let close: () => Promise<void>;

    beforeEach(async () => {
      ({ port: blobs, close } = await open());
    });
    afterEach(() => close());

    test('put gives the SHA-256, get gives the bytes', async () => {
      for (const bytes of [new Uint8Array(), new Uint8Array([1, 2, 3]), new Uint8Array(100_000).fill(7)]) {
        const sha256 = await blobs.put(bytes);
        expect(sha256).toBe(createHash('sha256').update(bytes).digest('hex'));
        expect(await blobs.has(sha256)).toBe(true);
        expect(Buffer.compare(await blobs.get(sha256), bytes)).toBe(0);
      }
    });

    test('keeps its own copy', async () => {
      const bytes = new Uint8Array([1, 2, 3]);
      const sha256 = await blobs.put(bytes);
      bytes[0] = 9;
      (await blobs.get(sha256))[1] = 9;
      expect([...(await blobs.get(sha256))]).toEqual([1, 2, 3]);
    });

    test('the same bytes are stored once, also at the same time', async () => {
      const put = () => blobs.put(new Uint8Array([4, 5, 6]));
      const names = await Promise.all([put(), put(), put()]);
      expect(new Set([...names, await put()]).size).toBe(1);
      expect(await Array.fromAsync(blobs.list())).toEqual([{ sha256: names[0], bytes: 3 }]);
    });

    test('lists all, sorted, with their sizes', async () => {
      const names = await Promise.all([1, 2, 3].map((n) => blobs.put(new Uint8Array(n).fill(n))));
      const listed = await Array.fromAsync(blobs.list());
      expect(listed.map(({ sha256 }) => sha256)).toEqual([...names].sort());
      expect(listed.find(({ sha256 }) => sha256 === names[1])?.bytes).toBe(2);
    });

    test('what was let go is gone, and only that; it can be stored again', async () => {
      const [gone, kept] = await Promise.all([1, 2].map((n) => blobs.put(new Uint8Array(n).fill(n))));
      await blobs.remove(gone!);
      expect([await blobs.has(gone!), await blobs.has(kept!)]).toEqual([false, true]);
      await expect(blobs.get(gone!)).rejects.toMatchObject({ code: 'ledger.blobMissing' });
      for (const name of [gone!, absent, '../ledger.db']) await blobs.remove(name);
      expect(await blobs.put(new Uint8Array([1]))).toBe(gone);
      expect(await blobs.has(gone!)).toBe(true);
    });

    test('what is not there is an error, and no path comes from a name', async () => {
      expect(await blobs.has(absent)).toBe(false);
      expect(await blobs.has('../ledger.db')).toBe(false);
      await expect(blobs.get(absent)).rejects.toMatchObject({ code: 'ledger.blobMissing' });
      await expect(blobs.get('../ledger.db')).rejects.toMatchObject({ code: 'ledger.blobMissing' });
    });
  });
}
