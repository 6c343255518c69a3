// Reads what users write by hand (recipes and sweep files, YAML or JSON) and remembers where each value stands, so that an error
// can point at it. What the values mean is decided elsewhere.
import { readFileSync } from 'node:fs';
import { isNode, LineCounter, parseDocument } from 'yaml';
import { RunledgerError } from '../../trainer/errors.ts';

export interface Written {
  /** As the user named it. */
  path: string;
  value: unknown;
  /** The same error with file, line and an excerpt as its place, where `at` (its own place by default, e.g. `network[4].linear`) is found. */
  locate(error: RunledgerError, at?: string): RunledgerError;
}

/** Errors: `file.missing`, `file.syntax`. */
export function readWritten(path: string): Written {
  const text = readText(path);
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false });
  const mistake = document.errors[0];
  if (mistake !== undefined) {
    const [start, end] = mistake.pos;
    throw new RunledgerError('file.syntax', `this is not YAML: ${mistake.message}`, {
      place: excerpt(path, text, start, end),
      help: 'indentation and quotes matter in YAML; JSON is accepted too',
      cause: mistake,
    });
  }
  const locate = (error: RunledgerError, at: string | undefined = error.place) => {
    const range = findRange(document, splitPath(at ?? ''));
    const place = range === null ? path : excerpt(path, text, range[0], range[1]);
    return new RunledgerError(error.code, error.message, { help: error.help, place, cause: error });
  };
  return { path, value: document.toJS(), locate };
}

/** `network[4].linear` is ['network', 4, 'linear']. */
export function splitPath(path: string): (string | number)[] {
  return [...path.matchAll(/[^.[\]]+/g)].map(([part]) => (/^\d+$/.test(part) ? Number(part) : part));
}

function readText(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (cause) {
    throw new RunledgerError('file.missing', `cannot read ${path}: ${(cause as NodeJS.ErrnoException).code ?? cause}`, {
      help: 'recipes stand in recipes/; look with  ls recipes',
      cause,
    });
  }
}

/** The deepest node on the way to the path: a missing field is shown by what should hold it. The document itself is no help. */
function findRange(document: ReturnType<typeof parseDocument>, path: (string | number)[]): [number, number] | null {
  for (let length = path.length; length > 0; length--) {
    const node = document.getIn(path.slice(0, length), true);
    if (isNode(node) && node.range) return [node.range[0], node.range[1]];
  }
  return null;
}

/** File and line, up to two lines before, the line itself, and carets under the part from `start` to `end` that stands on it. */
function excerpt(path: string, text: string, start: number, end: number): string {
  const before = text.slice(0, start).split('\n');
  const lines = text.split('\n');
  const index = before.length - 1;
  const column = (before[index] as string).length;
  const marked = text.slice(start, end).split('\n')[0]?.trimEnd().length ?? 0;
  const width = String(index + 1).length;
  const shown = lines
    .slice(Math.max(0, index - 2), index + 1)
    .map((line, offset) => `${String(Math.max(1, index - 1) + offset).padStart(width)} |  ${line}`);
  const carets = `${' '.repeat(width + 4 + column)}${'^'.repeat(Math.max(1, marked))}`;
  return [`${path}:${index + 1}`, ...shown, carets].join('\n');
}
