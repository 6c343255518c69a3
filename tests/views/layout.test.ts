// The shell of every page: which word is current, that text is text, and that nothing stands inline.
import { expect, test } from 'vitest';
import { html } from '../../views/html.ts';
import { layout } from '../../views/layout.ts';
import { faultsOf } from './validate.ts';

const shell = { nonce: 'abc+/=', asset: (name: string) => `/assets/x/${name}`, position: 48213, at: null };
const page = String(
  layout(shell, { title: '<Runs> & "more"', current: 'sql', body: html`<h1>${'<i>'}</h1>`, scripts: ['browser/a.ts', 'vendor/b.js'] }),
);

test('is a valid document with its title as text', async () => {
  expect(await faultsOf(page)).toEqual([]);
  expect(page).toContain('<title>&lt;Runs&gt; &amp; &quot;more&quot; · Runledger</title>');
  expect(page).toContain('<h1>&lt;i&gt;</h1>');
});

test('one word of the bar is current', () => {
  expect(page.match(/aria-current="page"/g)).toHaveLength(1);
  expect(page).toContain('<a href="/sql" aria-current="page">SQL</a>');
});

test('scripts are files with the nonce, ours as modules; nothing is inline', () => {
  const scripts = [...page.matchAll(/<script([^>]*)>([\s\S]*?)<\/script>/g)];
  expect(scripts.length).toBe(4);
  for (const [, attributes, content] of scripts) {
    expect(content).toBe('');
    expect(attributes).toContain('nonce="abc+/="');
    expect(attributes!.includes('type="module"')).toBe(/\.ts"/.test(attributes!));
  }
  expect(page).not.toMatch(/<style|\sstyle="|\son[a-z]+="/);
});
