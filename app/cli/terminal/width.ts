// How many columns a text takes, and how it is cut or padded to a number of them. Escape sequences take none.

// biome-ignore lint/suspicious/noControlCharactersInRegex: escape sequences begin with one
const sequence = /\u001b\[[0-9;]*m/g;
const wide = /\p{Emoji_Presentation}|[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}\uFF01-\uFF60]/u;
const narrow = /^[\u0020-\u007e]*$/;
const graphemes = new Intl.Segmenter(undefined, { granularity: 'grapheme' });

const columnsOf = (grapheme: string): number => (wide.test(grapheme) ? 2 : 1);

/** Columns of a text of one line. */
export function textWidth(text: string): number {
  const bare = text.replace(sequence, '');
  if (narrow.test(bare)) return bare.length;
  let columns = 0;
  for (const { segment } of graphemes.segment(bare)) columns += columnsOf(segment);
  return columns;
}

/** The text where it fits, else its start and `…`, together at most `columns` wide. Styles that were opened are closed again. */
export function cut(text: string, columns: number): string {
  if (textWidth(text) <= columns) return text;
  let kept = '';
  let used = 0;
  let full = false;
  let from = 0;
  const take = (plain: string): void => {
    for (const { segment } of graphemes.segment(plain)) {
      if (full) return;
      const next = columnsOf(segment);
      if (used + next > columns - 1) {
        kept += columns > 0 ? '…' : '';
        full = true;
      } else {
        kept += segment;
        used += next;
      }
    }
  };
  for (const match of text.matchAll(sequence)) {
    take(text.slice(from, match.index));
    kept += match[0];
    from = match.index + match[0].length;
  }
  take(text.slice(from));
  return kept;
}

/** The text where it fits, else a third of its start, `…` and its end: names of trials differ at their end. Only for unpainted text. */
export function cutMiddle(text: string, columns: number): string {
  if (textWidth(text) <= columns) return text;
  const segments = [...graphemes.segment(text)].map(({ segment }) => segment);
  const start = cut(text, Math.floor(columns / 3)).slice(0, -1);
  let end = '';
  for (const segment of segments.reverse()) {
    if (textWidth(start + segment + end) > columns - 1) break;
    end = segment + end;
  }
  return `${start}…${end}`;
}

export const padEnd = (text: string, columns: number): string => text + ' '.repeat(Math.max(0, columns - textWidth(text)));

export const padStart = (text: string, columns: number): string => ' '.repeat(Math.max(0, columns - textWidth(text))) + text;
