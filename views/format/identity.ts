// Hashes and ids: shortened, in groups of four, so that two people can compare them aloud.

/** The first digits of a hash or id in groups of four: `6d95 8be0`; a fingerprint takes sixteen. Dashes of a UUID are left out. */
export const grouped = (hex: string, digits = 8): string =>
  (
    hex
      .replaceAll('-', '')
      .slice(0, digits)
      .match(/.{1,4}/g) ?? []
  ).join(' ');

/** How a run is called where it may be pasted into a command: `run/128590c7`. */
export const runReference = (id: string): string => `run/${id.replaceAll('-', '').slice(0, 8)}`;
