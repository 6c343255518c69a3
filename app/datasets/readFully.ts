// Reading a part of a file into memory that is there already, shared memory included: no copy, and the thread stays free meanwhile.
import type { FileHandle } from 'node:fs/promises';

/** Fills `bytes` from `position` on; false where the file ends before. */
export async function readFully(file: FileHandle, bytes: Uint8Array, position: number): Promise<boolean> {
  for (let from = 0; from < bytes.length; ) {
    const { bytesRead } = await file.read(bytes, from, bytes.length - from, position + from);
    if (bytesRead === 0) return false;
    from += bytesRead;
  }
  return true;
}
