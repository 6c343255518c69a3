// Errors as pages: the status of a code, the help, and nothing that only a programmer should see.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { statusOf } from '../../../app/web/faults.ts';
import { RunledgerError } from '../../../trainer/index.ts';
import { faultsOf } from '../../views/validate.ts';
import { type OpenPages, openPages } from './open.ts';

let pages: OpenPages;

beforeAll(async () => {
  pages = await openPages();
  pages.app.get('/broken', () => {
    throw new TypeError('secret of the implementation');
  });
  pages.app.get('/full', () => {
    throw new RunledgerError('ledger.full', 'The disk is full.', { help: 'Make room' });
  });
});
afterAll(() => pages.shut());

test.each([
  ['web.host', 421],
  ['web.origin', 403],
  ['web.token', 401],
  ['run.unknown', 404],
  ['dataset.missing', 404],
  ['usage', 400],
  ['sql.syntax', 400],
  ['sql.busy', 503],
  ['sql.process', 500],
  ['ledger.busy', 503],
  ['ledger.guards', 500],
])('%s is %i', (code, status) => {
  expect(statusOf(new RunledgerError(code, 'x'))).toBe(status);
});

describe('pages', () => {
  test('a page that is not there', async () => {
    const { status, text } = await pages.get('/no<where>');
    expect([status, await faultsOf(text)]).toEqual([404, []]);
    expect(text).toContain('404 · page.unknown');
    expect(text).not.toContain('<where>');
  });

  test('an error of the family shows message and help', async () => {
    const { status, text } = await pages.get('/full');
    expect([status, await faultsOf(text)]).toEqual([503, []]);
    expect(text).toContain('<h1>The disk is full.</h1><p>Make room</p>');
  });

  test('an unforeseen one is reported, and shown without its words', async () => {
    const { status, text } = await pages.get('/broken');
    expect([status, await faultsOf(text)]).toEqual([500, []]);
    expect(text).not.toMatch(/secret|TypeError|at \w+ \(/);
    expect(pages.reported.splice(0)).toEqual([expect.objectContaining({ message: 'secret of the implementation' })]);
  });
});
