// Programs that only the tests use; everything else works without them.
import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';

/** Paths; null where there is none. */
export interface ToolFindings {
  browser: string | null;
  sqlite3: string | null;
}

export function findTools(environment: Record<string, string | undefined>): ToolFindings {
  const browser = environment.CHROMIUM ?? '/usr/bin/chromium';
  const folders = (environment.PATH ?? '').split(delimiter).filter((folder) => folder !== '');
  const sqlite3 = folders.map((folder) => join(folder, 'sqlite3')).find((path) => existsSync(path));
  return { browser: existsSync(browser) ? browser : null, sqlite3: sqlite3 ?? null };
}
