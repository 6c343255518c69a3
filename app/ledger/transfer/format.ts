// What stands in an export: `manifest.json`, then events in the order in which they were recorded, a line each, then blobs under their
// SHA-256. The reader believes nothing of it; what it checks is `read.ts`.
import { z } from 'zod';
import { sha256 } from '../catalogue/values.ts';
import type { StoredRow } from '../encode.ts';

export const manifestName = 'manifest.json';
export const eventsName = (n: number): string => `events/${String(n).padStart(6, '0')}.ndjson`;
export const blobName = (sha: string): string => `blobs/${sha}`;

export const formatName = 'runledger/export';
export const formatVersion = 1;

const count = z.int().min(0);

/** Later versions keep these two. */
export const formatSchema = z.looseObject({ format: z.literal(formatName), version: z.int().min(1) });

export const manifestSchema = z.looseObject({
  format: z.literal(formatName),
  version: z.literal(formatVersion),
  /** Of the program that wrote it. */
  runledger: z.string(),
  events: count,
  /** Heads, by name: the last event of each stream. */
  streams: z.array(z.object({ stream: z.string(), version: z.int().min(1), hash: sha256 })),
  /** SHA-256 over the heads (verify/chain.ts). */
  head: sha256,
  blobs: z.array(z.object({ sha256, bytes: count })),
});

export type Manifest = z.infer<typeof manifestSchema>;

/** A stored event as text: `data` and `measured` to the letter, arrays in base64. */
export const lineSchema = z.strictObject({
  stream: z.string(),
  version: z.int().min(1),
  id: z.string(),
  attempt: z.int().min(0),
  type: z.string().min(1),
  schemaVersion: z.int().min(1),
  recordedAt: z.string(),
  data: z.string(),
  measured: z.string(),
  arrays: z.base64().nullable(),
  blob: z.string().nullable(),
  hash: sha256,
});

export type EventLine = Omit<StoredRow, 'position'>;

export function toLine({ position: _, arrays, ...row }: StoredRow): string {
  return JSON.stringify({ ...row, arrays: arrays === null ? null : arrays.toBase64() });
}

/** Throws where the line is none. */
export function fromLine(text: string): EventLine {
  const { arrays, ...line } = lineSchema.parse(JSON.parse(text));
  return { ...line, arrays: arrays === null ? null : Uint8Array.fromBase64(arrays) };
}
