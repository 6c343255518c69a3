// From a recipe as written, with what the command line or a sweep sets in it, to the canonical recipe that is trained.
// What a recipe may say is the trainer's; here mistakes find their place: in the file, or in the setting that made them.
import { parse } from 'yaml';
import { checkRecipe, type DataSetOutline, type Network, parseRecipe, type Recipe, RunledgerError, setPath } from '../../trainer/index.ts';
import type { Json } from '../ledger/ports.ts';
import type { Written } from './written.ts';

/** A path of the written recipe and what it becomes. */
export interface Setting {
  path: string;
  value: Json;
  /** Where it was said, for errors: `--set optimizer.lr=0.01`. */
  place: string;
}

/** `optimizer.lr=0.01`; the value is read as YAML, so lists and braces work. Errors: `usage`. */
export function parseSetting(text: string): Setting {
  const equals = text.indexOf('=');
  if (equals < 1) throw new RunledgerError('usage', `--set takes path=value, not \`${text}\``, { help: '--set optimizer.lr=0.01' });
  try {
    return { path: text.slice(0, equals).trim(), value: parse(text.slice(equals + 1)) as Json, place: `--set ${text}` };
  } catch (cause) {
    throw new RunledgerError('usage', `the value of --set ${text} is not YAML`, {
      help: "quote what the shell would take: --set 'augment=[]'",
      cause,
    });
  }
}

/**
 * The canonical recipe. Errors: `usage` for a setting that does not exist or has a wrong value, else those of `parseRecipe`,
 * placed in the file.
 */
export function buildRecipe(written: Written, settings: readonly Setting[]): Recipe {
  const value = applySettings(written.value, settings);
  try {
    return parseRecipe(value);
  } catch (error) {
    throw locate(error, written, settings);
  }
}

/** The network. Refuses a recipe that does not fit its data, before anything is recorded. Errors: those of `checkRecipe`, placed in the file. */
export function checkFit(recipe: Recipe, dataset: DataSetOutline, written: Written, settings: readonly Setting[]): Network {
  try {
    return checkRecipe(recipe, dataset);
  } catch (error) {
    throw locate(error, written, settings);
  }
}

/** A written recipe with what is set in it, unchecked. Errors: `usage` for a setting that does not exist. */
export function applySettings(recipe: unknown, settings: readonly Setting[]): unknown {
  return settings.reduce<unknown>(applySetting, recipe);
}

function applySetting(recipe: unknown, { path, value, place }: Setting): unknown {
  try {
    return setPath(recipe, path, value);
  } catch (error) {
    if (!(error instanceof RunledgerError)) throw error;
    const help = error.help?.replace(/^did you mean (\S+)$/, (_, meant) => `did you mean  ${place.replace(path, meant)}`);
    throw new RunledgerError('usage', error.message, { place, help, cause: error });
  }
}

/** What a canonical recipe says at a path of settings by name, `optimizer.lr`; undefined where it says nothing. */
export function valueAt(recipe: object, path: string): unknown {
  return path.split('.').reduce<unknown>((inner, key) => (inner as Record<string, unknown> | undefined)?.[key], recipe);
}

/** Whether a path is `outer` or something inside it: `augment[1].randomCrop` lies within `augment`. */
export function liesWithin(path: string, outer: string): boolean {
  return path === outer || path.startsWith(`${outer}.`) || path.startsWith(`${outer}[`);
}

/** A mistake that a setting made stands where that was said, every other in the file. */
function locate(error: unknown, written: Written, settings: readonly Setting[]): unknown {
  if (!(error instanceof RunledgerError)) return error;
  const place = error.place ?? '';
  // Of two settings of one path the later one counts.
  const setting = settings.findLast(({ path }) => liesWithin(place, path));
  if (setting === undefined) return written.locate(error);
  return new RunledgerError('usage', error.message, {
    place: setting.place,
    help: error.help,
    cause: error,
  });
}
