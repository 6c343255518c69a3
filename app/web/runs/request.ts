// What the address of the runs table asks for. Every state of the table is an address; a word that is not understood is as if it were not there.
import { columns, newestFirst } from './columns.ts';

export interface TableRequest {
  /** Part of a name, of a tag or the start of an id; empty for all. */
  text: string;
  /** Empty for all. */
  status: string;
  dataset: string;
  /** The archived runs, which are left out otherwise. */
  archived: boolean;
  sort: string;
  descending: boolean;
  /** From 1. */
  page: number;
  /** Keys of unfolded groups. */
  open: string[];
  /** As of the event at this position; null is now. */
  at: number | null;
  /** Set while a page refreshes itself: the rows it shows stay, in this order, and what is newer only counts. */
  shown: { keys: string[]; since: number } | null;
}

export function parseRequest(query: URLSearchParams, at: number | null = null): TableRequest {
  const sortable = columns.find(({ key, sortBy }) => key === query.get('sort') && sortBy !== null);
  const page = Number(query.get('page'));
  const keys = list(query.get('rows'));
  return {
    text: (query.get('q') ?? '').trim().slice(0, 200),
    status: query.get('status') ?? '',
    dataset: query.get('dataset') ?? '',
    archived: query.get('archived') === '1',
    sort: sortable?.key ?? newestFirst.sort,
    descending: query.get('order') === null ? (sortable?.number ?? newestFirst.descending) : query.get('order') === 'down',
    page: Number.isSafeInteger(page) && page > 0 ? page : 1,
    open: list(query.get('open')),
    at,
    // A page of the past has nothing to refresh.
    shown: at === null && keys.length > 0 ? { keys, since: Number(query.get('since')) || 0 } : null,
  };
}

/** At most a page of keys, whatever was sent. */
function list(text: string | null): string[] {
  return (text ?? '').split(',').filter(Boolean).slice(0, 200);
}
