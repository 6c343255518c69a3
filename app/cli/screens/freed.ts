// How much room was made, in words.
import { bytes } from '../../../views/format/number.ts';

export const fileCount = (files: number): string => `${files} ${files === 1 ? 'file' : 'files'}`;

export const freed = (size: number, dryRun = false): string => `${bytes(size)} ${dryRun ? 'would be freed' : 'freed'}`;
