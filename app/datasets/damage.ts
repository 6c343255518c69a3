// The two things that can be wrong with files of a data set, said the same way by every source.
import { RunledgerError } from '../../trainer/index.ts';

/** `found` says what stands there instead of what should. */
export const damaged = (name: string, path: string, found: string, help: string, cause?: unknown): RunledgerError =>
  new RunledgerError('dataset.damaged', `${name} is damaged: ${found}`, { place: path, help, cause });

export const missing = (name: string, path: string, help: string): RunledgerError =>
  new RunledgerError('dataset.missing', `the files of ${name} are not there`, { place: path, help });

/** Place of the first label that names no class, or −1. */
export const firstBadLabel = (labels: Uint8Array, classes: number): number => labels.findIndex((label) => label >= classes);

export const isErrorCode = (thrown: unknown, code: string): boolean => thrown instanceof Error && 'code' in thrown && thrown.code === code;
