// The SQL console: answers, mistakes, the file, and that what runs say is never markup.
import { afterAll, beforeAll, expect, test } from 'vitest';
import { publishedViews, readDocumentation } from '../../../app/sql/index.ts';
import { faultsOf } from '../../views/validate.ts';
import { type OpenPages, openPages } from './open.ts';

const documentation = readDocumentation();
let pages: OpenPages;

beforeAll(async () => {
  pages = await openPages();
  await pages.finish({ name: 'first', epochs: 1 });
  await pages.queue({ name: '<img src=x onerror=alert(1)>, "quoted"' });
});
afterAll(async () => {
  expect(pages.reported).toEqual([]);
  await pages.shut();
});

const ask = (q: string) => pages.get(`/sql?${new URLSearchParams({ q })}`);

test('without a query: what can be asked', async () => {
  const { status, text } = await pages.get('/sql');
  expect([status, await faultsOf(text)]).toEqual([200, []]);
  const views = publishedViews(pages.ledger.database, documentation.columns);
  expect(views.map(({ name }) => name)).toEqual(expect.arrayContaining(['v1_runs', 'v1_epochs', 'v1_batch_norm', 'v1_events']));
  for (const { name, columns } of views) {
    expect(text).toContain(`<summary>${name} <small>${columns.length}</small></summary>`);
    for (const { name: column, unit, meaning } of columns) {
      expect([column, unit !== '' && meaning !== '']).toEqual([column, true]);
      expect(text).toContain(`>${column}</dt>`);
    }
  }
});

test('a result: rows, types, time; numbers to the right and null in grey', async () => {
  const { status, text } = await ask("select name, seed, val_accuracy, sweep_id from v1_runs where name = 'first'");
  expect([status, await faultsOf(text)]).toEqual([200, []]);
  expect(text).toMatch(/<span class="strong">1 row<\/span>, 4 columns, [\d.]+ ms/);
  expect(text).toContain('<th scope="col" class="n">seed<small class="sub muted">integer</small></th>');
  expect(text).toMatch(/<td class="n">1<\/td><td class="n">0\.78\d*<\/td><td class="muted">null<\/td>/);
});

test('what stands in a name is text, in the page and in the query', async () => {
  const { text } = await ask(`select name as "<i>name</i>" from v1_runs where name like '<img%' -- </textarea><script>`);
  expect(await faultsOf(text)).toEqual([]);
  expect(text).not.toMatch(/<img|<i>name|<\/textarea><script>/);
  expect(text).toContain('&lt;img src=x onerror=alert(1)&gt;');
});

test('a mistake: its place in the line, and the query kept', async () => {
  const { status, text } = await ask('select name,\n  sed\nfrom v1_runs');
  expect([status, await faultsOf(text)]).toEqual([400, []]);
  expect(text).toContain('<strong>No such column: sed.</strong><span>line 2, column 3</span>');
  expect(text).toContain('  <b>sed</b>\n  <b>^^^</b></p>');
  expect(text).toContain('>select name,\n  sed\nfrom v1_runs</textarea>');
});

test('lines of a form end with CR LF; places still fit', async () => {
  const { text } = await ask('select name,\r\n\r\n  sed\r\nfrom v1_runs');
  expect(text).toContain('line 3, column 3');
});

test('a refusal and a cut-off say so', async () => {
  expect((await ask('drop view v1_runs')).text).toContain('queries here only read');
  const { text } = await ask('with recursive n(i) as (select 1 union all select i + 1 from n limit 1500) select i from n');
  expect(text).toContain('These are the first 1,000');
  expect(await faultsOf(text)).toEqual([]);
});

test.each(documentation.questions.map(({ title, sql }) => [title, sql]))('%s', async (_title, sql) => {
  const { status, text } = await ask(sql!);
  expect([status, await faultsOf(text)]).toEqual([200, []]);
});

test('every published view can be asked, whatever stands behind it', async () => {
  for (const { name } of publishedViews(pages.ledger.database, documentation.columns)) {
    const { status } = await ask(`select * from ${name} limit 3`);
    expect([name, status]).toEqual([name, 200]);
  }
});

test('the file: every row quoted where it must be', async () => {
  const response = await pages.app.request(
    `/sql.csv?${new URLSearchParams({ q: 'select name, seed, sweep_id, 9e999 as far from v1_runs order by name' })}`,
  );
  expect(response.headers.get('Content-Type')).toBe('text/csv; charset=utf-8');
  expect(await response.text()).toBe(
    'name,seed,sweep_id,far\r\n"<img src=x onerror=alert(1)>, ""quoted""",1,,Infinity\r\nfirst,1,,Infinity\r\n',
  );
  expect((await pages.get('/sql.csv?q=select')).status).toBe(400);
});
