// Templates write every attribute in quotes, so that a value can never become a second attribute.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';

const root = join(import.meta.dirname, '../../views');
const files = readdirSync(root, { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.ts'));

test('no attribute stands without quotes', () => {
  expect(files.length).toBeGreaterThan(20);
  // Between quotes `=` may precede a value, as in an address: `href="/live?since=${…}"`.
  const naked = files.flatMap((file) =>
    readFileSync(join(root, file), 'utf8')
      .split('\n')
      .filter((line) => /[\s`][\w:-]+=\$\{/.test(line))
      .map((line) => `${file}: ${line.trim()}`),
  );
  expect(naked).toEqual([]);
});
