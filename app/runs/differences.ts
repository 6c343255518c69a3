// What two canonical recipes say differently, leaf by leaf. Layers and augmentations stand by name, so that leaving one out is one difference
// and not a shift of all that follow.

export interface Difference {
  path: string;
  /** As JSON; null where the recipe has no such setting. */
  before: string | null;
  after: string | null;
}

export function recipeDifferences(before: Record<string, unknown>, after: Record<string, unknown>): Difference[] {
  const [left, right] = [leaves(before), leaves(after)];
  const paths = new Set([...left.keys(), ...right.keys()]);
  return [...paths]
    .map((path) => ({ path, before: left.get(path) ?? null, after: right.get(path) ?? null }))
    .filter((difference) => difference.before !== difference.after);
}

/** JSON of every leaf by path, in the order of the recipe; a layer as a whole where only its settings tell it. */
function leaves(value: unknown, path = '', found = new Map<string, string>()): Map<string, string> {
  if (Array.isArray(value) && value.every(hasName)) {
    for (const { name, ...settings } of value) found.set(`${path}.${name}`, JSON.stringify(settings));
  } else if (typeof value === 'object' && value !== null && !Array.isArray(value)) {
    for (const [key, inner] of Object.entries(value)) leaves(inner, path === '' ? key : `${path}.${key}`, found);
  } else {
    found.set(path, JSON.stringify(value));
  }
  return found;
}

function hasName(entry: unknown): entry is { name: string } {
  return typeof entry === 'object' && entry !== null && 'name' in entry;
}
