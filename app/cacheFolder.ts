// The folder for what can be had again: converted data sets, passed self-tests.
import envPaths from 'env-paths';

/** `RUNLEDGER_CACHE` replaces the user's cache folder (XDG on Linux). */
export function cacheFolder(environment: Record<string, string | undefined> = process.env): string {
  return environment.RUNLEDGER_CACHE || envPaths('runledger', { suffix: '' }).cache;
}
