// Addresses of the runs table: each is what the page asked for now, with some words changed.
import type { TableRequest } from '../../app/web/runs/request.ts';

export type Change = Partial<Omit<TableRequest, 'shown'>>;

/** Path and query; what is as by default is left out, and page 1 comes back when anything but the page changes. */
export function address(request: TableRequest, change: Change = {}): string {
  return withQuery('/', words({ ...request, page: 1, ...change }));
}

/** What the table fetches to refresh itself: the same rows, in this order, and how many are newer. */
export function liveAddress(request: TableRequest, keys: string[], since: number): string {
  const query = words(request);
  if (keys.length > 0) query.push(['rows', keys.join(',')], ['since', String(since)]);
  return withQuery('/', query);
}

function words({ text, status, dataset, archived, sort, descending, page, open, at }: Omit<TableRequest, 'shown'>): [string, string][] {
  const all: [string, string, boolean][] = [
    ['q', text, text !== ''],
    ['status', status, status !== ''],
    ['dataset', dataset, dataset !== ''],
    ['archived', '1', archived],
    ['sort', sort, sort !== 'started' || !descending],
    ['order', descending ? 'down' : 'up', sort !== 'started' || !descending],
    ['page', String(page), page > 1],
    ['open', open.join(','), open.length > 0],
    ['at', String(at), at !== null],
  ];
  return all.filter(([, , given]) => given).map(([name, value]) => [name, value]);
}

/** Commas stay readable: they separate keys. */
function withQuery(path: string, query: [string, string][]): string {
  return query.length === 0 ? path : `${path}?${new URLSearchParams(query).toString().replaceAll('%2C', ',')}`;
}
