// The data sets we know: published ones that never change, so their fingerprints are pinned here and every read is held against them.
import { compactSource } from './compact.ts';
import type { DataSetDefinition, Source } from './definition.ts';
import { idxSource } from './idxSource.ts';
import { cifar10, fashionMnist, mnist } from './known.ts';
import { bundledMnist } from './places.ts';

export interface KnownDataSet {
  definition: DataSetDefinition;
  source: Source;
  fingerprint: string;
  /** What to run, or where to put files, when they are missing or damaged. */
  help: string;
}

const mnistHelp = 'npm ci';
const fashionHelp = 'apt-get install dataset-fashion-mnist\nor put its four IDX files into a folder and name it in RUNLEDGER_FASHION_MNIST';
const cifarHelp = 'runledger data pull cifar10';

export const catalogue: readonly KnownDataSet[] = [
  {
    definition: mnist,
    source: idxSource(mnist, bundledMnist, mnistHelp),
    fingerprint: '0f79bf6f134fe2aa7472fd4bc40ef25d6083c9625327a344c727b35c8604e1ab',
    help: mnistHelp,
  },
  {
    definition: fashionMnist,
    source: idxSource(fashionMnist, (places) => places.fashionMnist, fashionHelp),
    fingerprint: 'e2307a43cd5eda490b94321d4450aad36a29ff4a85bd151099146b3620d1d1d7',
    help: fashionHelp,
  },
  {
    definition: cifar10,
    source: compactSource(cifar10, cifarHelp),
    fingerprint: '8dc29ba4a541ff39fdb5ad2e7412202a8bb1c9c880a2820574e7410286abe3c6',
    help: cifarHelp,
  },
];
