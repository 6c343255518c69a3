// Links from a page of the past lead to other pages as of the same event.

/** The address with `at` in it; as it is where `at` is null, the present. */
export function asOf(at: number | null, href: string): string {
  if (at === null) return href;
  const [, address = '', fragment = ''] = /^([^#]*)(#.*)?$/.exec(href) ?? [];
  return `${address}${address.includes('?') ? '&' : '?'}at=${at}${fragment}`;
}
