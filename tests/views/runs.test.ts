// Parts of the runs page by themselves: addresses that say what they ask for, and curves that fit their cell.
import { describe, expect, test } from 'vitest';
import { parseRequest } from '../../app/web/runs/request.ts';
import { spark } from '../../views/components/spark.ts';
import { address, liveAddress } from '../../views/runs/address.ts';
import { nameOf } from '../../views/runs/row.ts';

const parse = (url: string) => {
  const { searchParams } = new URL(url, 'http://localhost');
  return parseRequest(searchParams, Number(searchParams.get('at')) || null);
};

describe('addresses', () => {
  test.each([
    '/',
    '/?q=a+b%26c&status=running&dataset=mnist',
    '/?sort=accuracy&order=up',
    '/?sort=started&order=up&page=3',
    '/?page=2&open=abc,def',
    '/?q=x&at=1204',
  ])('%s comes back as it was', (url) => {
    const request = parse(url);
    expect(address(request, { page: request.page })).toBe(url);
  });

  test('a change of anything but the page goes to the first page', () => {
    expect(address(parse('/?page=7&q=x'), { sort: 'loss', descending: false })).toBe('/?q=x&sort=loss&order=up');
  });

  test('what is not understood is as if it were not there', () => {
    expect(parse('/?sort=__proto__&order=sideways&page=-1&open=,,')).toEqual({
      text: '',
      status: '',
      dataset: '',
      archived: false,
      sort: 'started',
      descending: false,
      page: 1,
      open: [],
      at: null,
      shown: null,
    });
    expect(parse('/?sort=curve').sort).toBe('started');
    expect(parse(`/?rows=${'x,'.repeat(1000)}`).shown!.keys).toHaveLength(200);
  });

  test('a refresh asks for the same rows again', () => {
    const url = liveAddress(parse('/?q=x'), ['a', 'b'], 17);
    expect(url).toBe('/?q=x&rows=a,b&since=17');
    expect(parse(url).shown).toEqual({ keys: ['a', 'b'], since: 17 });
    expect(liveAddress(parse('/'), [], 17)).toBe('/');
  });
});

describe('curves', () => {
  const points = (markup: string) =>
    [...markup.matchAll(/points="([^"]+)"/g)].map(([, list]) => list!.split(' ').map((pair) => pair.split(',').map(Number)));

  test('stay in their cell, low at the bottom, with a dot where a single run stands', () => {
    const markup = String(
      spark({
        curves: [
          [
            [0, 0.5],
            [0.5, 0.7],
            [1, 0.9],
          ],
        ],
        scale: { low: 0.5, high: 0.9 },
        category: 2,
      }),
    );
    expect(points(markup)).toEqual([
      [
        [2, 20],
        [42, 11],
        [82, 2],
      ],
    ]);
    expect(markup).toContain('<circle class="pt k2" cx="82" cy="2" r="2"/>');
  });

  test('repeats are thin and have no dot; one value on a flat scale is finite', () => {
    const markup = String(spark({ curves: [[[0, 0.5]], [[0, 0.5]]], scale: { low: 0.5, high: 0.5 }, category: 1 }));
    expect(markup).not.toContain('<circle');
    expect(points(markup)).toEqual([[[2, 20]], [[2, 20]]]);
    expect(spark({ curves: [], scale: { low: Number.POSITIVE_INFINITY, high: Number.NEGATIVE_INFINITY }, category: 1 })).toBe('');
  });
});

test('a run without a name goes by its id, a group without its seed', () => {
  expect(nameOf({ run_id: '128590c7-0000-4000-8000-000000000000', name: null }, false)).toBe('1285 90c7');
  expect(nameOf({ run_id: 'x', name: 'cnn · lr 0.1 · seed 12' }, true)).toBe('cnn · lr 0.1');
  expect(nameOf({ run_id: 'x', name: 'cnn · seed 12' }, false)).toBe('cnn · seed 12');
});
