// The six styles of the terminal, named by what they mean. Colours are the terminal's own sixteen, so its theme decides light or dark.
// Whether a screen is painted at all is decided in screen.ts.

/** Select Graphic Rendition: the number that opens a style and the one that closes it. */
const codes = {
  /** The number or name to read first. */
  bold: [1, 22],
  /** Labels, units, context. */
  muted: [2, 22],
  /** Running, the filled part of a bar, an interval. */
  accent: [34, 39],
  /** Better, identical, intact. */
  better: [32, 39],
  /** Suspect, interrupted, a warning. */
  warning: [33, 39],
  /** Worse, failed, differs, damaged. */
  worse: [31, 39],
} as const;

export type Style = keyof typeof codes;

/** `paint.bold('78.6')`: the text in that style, or the text itself where there are no colours. */
export type Paint = Readonly<Record<Style, (text: string) => string>>;

const styles = Object.keys(codes) as Style[];

const paintWith = (apply: (style: Style, text: string) => string): Paint =>
  Object.fromEntries(styles.map((style) => [style, (text: string) => apply(style, text)])) as Paint;

export const coloured: Paint = paintWith((style, text) => {
  const [open, close] = codes[style];
  return text === '' ? '' : `\u001b[${open}m${text}\u001b[${close}m`;
});

export const colourless: Paint = paintWith((_style, text) => text);
