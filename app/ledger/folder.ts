// A ledger is a folder: `ledger.db`, `blobs/`, `token`. Makes it, finds it, and refuses where SQLite's locks cannot be trusted.
import { existsSync, mkdirSync, statfsSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { RunledgerError } from '../../trainer/errors.ts';

export interface LedgerFolder {
  folder: string;
  database: string;
  blobs: string;
}

/** Types of file systems that statfs tells on Linux. Write-ahead logs need memory that all processes share, which a network has not. */
const networks = new Map([
  [0x6969, 'NFS'],
  [0x517b, 'SMB'],
  [0xff534d42, 'CIFS'],
  [0xfe534d42, 'SMB2'],
  [0x5346414f, 'AFS'],
  [0x01021997, '9P'],
]);

export interface FolderOptions {
  create: boolean;
  /** Type of the file system on which a folder lies; tests say what they have none of. */
  typeOf?: (folder: string) => number;
}

const fileSystemType = (folder: string): number => statfsSync(folder).type;

/** The folder, or that in which it would be made. */
function nearestFolder(path: string): string {
  return existsSync(path) || dirname(path) === path ? path : nearestFolder(dirname(path));
}

/** Absolute paths. With `create` the folder is made where it is missing; without, its absence is the error `ledger.missing`. */
export function ledgerFolder(path: string, { create, typeOf = fileSystemType }: FolderOptions): LedgerFolder {
  const folder = resolve(path);
  const found = { folder, database: join(folder, 'ledger.db'), blobs: join(folder, 'blobs') };
  if (!create && !existsSync(found.database)) {
    throw new RunledgerError('ledger.missing', `there is no ledger in ${folder}`, {
      help: 'train something first:  runledger train recipes/mnist-simple-cnn.yaml',
      place: folder,
    });
  }
  const network = networks.get(typeOf(nearestFolder(folder)));
  if (network !== undefined) {
    throw new RunledgerError('ledger.network', `${folder} lies on a network file system (${network})`, {
      help: 'name a folder on a local disk with  --ledger <folder>',
      place: folder,
    });
  }
  if (create) makeFolder(found.blobs);
  return found;
}

function makeFolder(path: string): void {
  try {
    mkdirSync(path, { recursive: true });
  } catch (cause) {
    throw new RunledgerError('ledger.access', `cannot make ${path}: ${(cause as NodeJS.ErrnoException).code}`, {
      help: 'name a folder that may be written with  --ledger <folder>',
      place: path,
      cause,
    });
  }
}
