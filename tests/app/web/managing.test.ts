// What users do with runs, on pages: a run is asked to stop, notes are read, archived runs stand apart.
import { randomUUIDv7 } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { recordPurge } from '../../../app/runs/giveUp.ts';
import { archiveRun, noteRun } from '../../../app/runs/notes.ts';
import { type OpenPages, openPages } from './open.ts';
import { wordsOf } from './pages/ablation.ts';
import type { SimulatedRun } from './simulation.ts';

let pages: OpenPages;
let finished: SimulatedRun;
let growing: SimulatedRun;
const host = () => ({ ledger: pages.ledger, clock: pages.clock, newEventId: randomUUIDv7 });

beforeAll(async () => {
  pages = await openPages();
  finished = await pages.finish({ name: 'done', seed: 4, epochs: 2 });
  growing = await pages.queue({ name: 'under way', epochs: 8 });
  await growing.start();
});
afterAll(async () => {
  expect(pages.reported).toEqual([]);
  await pages.shut();
});

const page = (path: string): Promise<string> => pages.page(path);
const post = (path: string, headers: Record<string, string>) => pages.app.request(path, { method: 'POST', headers });
const ours = { 'Sec-Fetch-Site': 'same-origin' };

test('a run under way is asked to stop by a button of its page, and by nobody else', async () => {
  const address = `/runs/${growing.id}`;
  expect(await page(address)).toContain(
    `<form method="post" action="${address}/stop"><button class="btn danger" type="submit">Stop</button></form>`,
  );
  const requests = () => pages.ledger.log.read(`run/${growing.id}/requests`);
  for (const headers of [{}, { 'Sec-Fetch-Site': 'cross-site' }, { Origin: 'http://evil.example' }] as Record<string, string>[])
    expect((await post(`${address}/stop`, headers)).status).toBe(403);
  expect((await pages.app.request(`${address}/stop`, { headers: ours })).status).toBe(404);
  expect(await requests()).toEqual([]);

  const response = await post(`${address}/stop`, ours);
  expect([response.status, response.headers.get('Location')]).toEqual([303, address]);
  expect((await requests()).map(({ type, data }) => [type, data])).toEqual([
    ['StopRequested', { by: 'user', why: 'asked to on its page' }],
  ]);
  const asked = await page(address);
  expect(wordsOf(asked)).toContain('Stopping It ends after its current step, with a checkpoint: asked to on its page .');
  expect(asked).not.toContain('method="post"');
});

test('what has ended, and what there is not, cannot be stopped', async () => {
  const ended = await post(`/runs/${finished.id}/stop`, ours);
  expect([ended.status, await ended.text()]).toEqual([409, expect.stringContaining('there is nothing to stop')]);
  expect((await post('/runs/00000000-0000-4000-8000-00000000dead/stop', ours)).status).toBe(404);
  expect(await page(`/runs/${finished.id}`)).not.toContain('method="post"');
});

test('notes stand on the page as text, with what the run takes and what was let go', async () => {
  await noteRun(host(), finished.id, 'a <b>note</b> & "more"');
  await recordPurge(
    { ...host(), ledger: pages.ledger },
    { runId: finished.id, files: [{ sha256: 'ab'.repeat(32), bytes: 2_000_000 }], bytes: 2_000_000 },
  );
  const text = await page(`/runs/${finished.id}`);
  expect(text).toContain('a &lt;b&gt;note&lt;/b&gt; &amp; &quot;more&quot;');
  expect(wordsOf(text)).toMatch(/takes [\d.]+ kB of events, 0 B of checkpoints purged 1 file, 2\.0 MB freed/);
});

test('archived runs stand on a page of their own, and say so on theirs', async () => {
  await archiveRun(host(), finished.id, true);
  const table = await page('/');
  expect(table).not.toContain(finished.id);
  expect(table).toContain('<a href="/?archived=1">1 archived</a>');
  const archived = await page('/?archived=1');
  expect(archived).toContain(finished.id);
  expect(archived).not.toContain(growing.id);
  expect(archived).toContain('<input type="hidden" name="archived" value="1">');
  expect(wordsOf(await page(`/runs/${finished.id}`))).toContain('Archived Tables and ablations leave it out');
  await archiveRun(host(), finished.id, false);
  expect(await page('/')).toContain(finished.id);
  expect(wordsOf(await page('/?archived=1'))).toContain('No run is archived');
});
