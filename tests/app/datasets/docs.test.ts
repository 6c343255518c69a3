import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { cifar10Package } from '../../../app/datasets/cifar10.ts';
import { listDataSets } from '../../../app/datasets/index.ts';
import { integer } from '../../../views/format/number.ts';

test('docs/datasets.md has a row for every data set, with its numbers', async () => {
  const page = readFileSync(join(import.meta.dirname, '../../../docs/datasets.md'), 'utf8');
  for (const { name, train, test: held, shape } of await listDataSets()) {
    const row = page.split('\n').find((text) => text.startsWith(`| \`${name}\` `));
    expect(row).toContain(`${integer(train)} + ${integer(held)}, ${shape.channels} × ${shape.height} × ${shape.width}`);
  }
  expect(page).toContain(cifar10Package.spec);
  for (const variable of ['RUNLEDGER_CACHE', 'RUNLEDGER_FASHION_MNIST']) expect(page).toContain(variable);
});
