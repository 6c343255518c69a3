// The two things that can be wrong with files of a data set, said the same way by every source.
import { RunledgerError } from '../../trainer/errors.ts';
import { integer } from '../../views/format/number.ts';

/** `found` says what stands there instead of what should. */
export const damaged = (name: string, path: string, found: string, help: string, cause?: unknown): RunledgerError =>
  new RunledgerError('dataset.damaged', `${name} is damaged: ${found}`, { place: path, help, cause });

export const missing = (name: string, path: string, help: string): RunledgerError =>
  new RunledgerError('dataset.missing', `the files of ${name} are not there`, { place: path, help });

/** Throws `dataset.damaged` at the first label that names no class. */
export function checkLabels(name: string, path: string, labels: Uint8Array, classes: number, help: string): void {
  const bad = labels.findIndex((label) => label >= classes);
  if (bad >= 0) throw damaged(name, path, `label ${integer(bad)} is ${labels[bad]}, the classes are 0 to ${classes - 1}`, help);
}

export const isErrorCode = (thrown: unknown, code: string): boolean => thrown instanceof Error && 'code' in thrown && thrown.code === code;
