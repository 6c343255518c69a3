// Paths of `--set`, grids and ablations: `optimizer.lr`, `network.simpleCnn.batchNorm`, `network[3].conv2d.out`. They address a recipe as it is
// written, before presets expand. Only the path is judged here; whether the value fits, `parseRecipe` says.
import { RunledgerError } from '../errors.ts';
import { isPlainObject, joinPath, show } from './check.ts';
import { type Outline, outline } from './outline.ts';
import { nearest, suggestion } from './suggest.ts';

type Segment = string | number;

function segmentsOf(path: string): Segment[] {
  const segments = path.replace(/\[(\d+)\]/g, '.$1').split('.');
  if (segments.some((segment) => segment === '')) throw pathError(path, `${show(path)} is not a path`, 'write it like optimizer.lr');
  return segments.map((segment) => (/^\d+$/.test(segment) ? Number(segment) : segment));
}

function pathError(path: string, message: string, help: string): RunledgerError {
  return new RunledgerError('recipe.path', message, { place: path, help });
}

/** One call's path, for errors, and how far it was walked. */
interface Walk {
  path: string;
  segments: readonly Segment[];
  value: unknown;
}

function unknownSegment({ path, segments }: Walk, depth: number, allowed: readonly string[]): RunledgerError {
  const word = String(segments[depth]);
  const owner = depth === 0 ? 'a recipe' : joinPath('', segments.slice(0, depth));
  const best = nearest(word, allowed);
  const help = best === undefined ? suggestion(word, allowed) : `did you mean ${joinPath('', segments.toSpliced(depth, 1, best))}`;
  if (allowed.length === 0) return pathError(path, `${owner} has no settings of its own`, `set ${owner} itself`);
  return pathError(path, `there is no \`${word}\` in ${owner}`, help);
}

function setEntry(walk: Walk, depth: number, part: Outline, written: unknown): unknown[] {
  const index = walk.segments[depth] as number;
  const owner = joinPath('', walk.segments.slice(0, depth));
  if (part.entry === undefined || !Array.isArray(written)) {
    throw pathError(walk.path, `${owner} is ${show(written)}, not a list`, `set ${owner} itself, or one of its settings by name`);
  }
  if (index >= written.length) {
    const help = written.length === 0 ? `set ${owner} itself` : `entries are counted from 0 to ${written.length - 1}`;
    throw pathError(walk.path, `there is no ${owner}[${index}]`, help);
  }
  return written.with(index, setAt(walk, depth + 1, part.entry(written[index]), written[index]));
}

function setMember(walk: Walk, depth: number, part: Outline, written: unknown): Record<string, unknown> {
  const key = String(walk.segments[depth]);
  if (!Object.hasOwn(part.keys, key)) throw unknownSegment(walk, depth, Object.keys(part.keys));
  const open = isPlainObject(written) ? written : written === undefined || written === null ? {} : part.open?.(written);
  const owner = joinPath('', walk.segments.slice(0, depth));
  if (open === undefined) {
    throw pathError(walk.path, `${owner} is ${show(written)} and has no \`${key}\``, `set ${owner} itself`);
  }
  const chosen = Object.keys(open)[0];
  if (part.choice && chosen !== undefined && chosen !== key) {
    throw pathError(walk.path, `${owner} is \`${chosen}\`, not \`${key}\``, `set ${owner} itself to change it`);
  }
  return { ...open, [key]: setAt(walk, depth + 1, part.keys[key]!, open[key]) };
}

function setAt(walk: Walk, depth: number, part: Outline, written: unknown): unknown {
  if (depth === walk.segments.length) return walk.value;
  return typeof walk.segments[depth] === 'number' ? setEntry(walk, depth, part, written) : setMember(walk, depth, part, written);
}

/**
 * A copy of a written recipe with `value` at `path`: `setPath(recipe, 'optimizer.lr', 0.01)`. The recipe is not changed.
 * Throws `recipe.path` with a suggestion where a recipe has no such path.
 */
export function setPath(recipe: unknown, path: string, value: unknown): unknown {
  return setAt({ path, segments: segmentsOf(path), value }, 0, outline, recipe);
}
