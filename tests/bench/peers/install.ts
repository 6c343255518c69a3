// The engines we are measured against that npm has. They live in a folder of the user's cache, never in package.json.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';

const versions = { '@tensorflow/tfjs': '4.22.0', '@jax-js/jax': '0.1.25', 'onnxruntime-node': '1.30.0' } as const;

export type Peer = keyof typeof versions;

export const peerNames = Object.keys(versions) as Peer[];

export const peersFolder = join(process.env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'runledger', 'peers');

/** Version of an installed peer, or null. */
export function installedVersion(name: Peer): string | null {
  const manifest = join(peersFolder, 'node_modules', name, 'package.json');
  return existsSync(manifest) ? (JSON.parse(readFileSync(manifest, 'utf8')) as { version: string }).version : null;
}

/** Installs what is missing, without running anybody's scripts. Throws where npm fails. */
export function installPeers(): void {
  const missing = peerNames.filter((name) => installedVersion(name) !== versions[name]);
  if (missing.length === 0) return;
  mkdirSync(peersFolder, { recursive: true });
  const manifest = join(peersFolder, 'package.json');
  if (!existsSync(manifest)) writeFileSync(manifest, '{ "private": true }\n');
  const args = ['install', '--ignore-scripts', '--no-audit', '--no-fund', ...missing.map((name) => `${name}@${versions[name]}`)];
  const { status } = spawnSync('npm', args, { cwd: peersFolder, stdio: ['ignore', 2, 2], shell: process.platform === 'win32' });
  if (status !== 0) throw new Error(`npm could not install the peers into ${peersFolder}`);
}
