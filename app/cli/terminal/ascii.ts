// Everything is composed in Unicode; where the locale is not UTF-8 a screen turns it into ASCII here, sign for sign, so that columns stay.

const signs: Record<string, string> = {
  // Status: completed, running, queued, paused, stopped, pruned, suspect, interrupted, failed.
  '✓': '+',
  '●': '*',
  '○': 'o',
  '‖': '"',
  '■': '[',
  '▫': '-',
  '◐': '?',
  '▲': '!',
  '✗': 'x',
  // Bars, sparklines, forests.
  '━': '#',
  '─': '.',
  '▁': '_',
  '▂': '.',
  '▃': '-',
  '▄': '=',
  '▅': '+',
  '▆': 'o',
  '▇': '%',
  '█': '#',
  '│': '|',
  '├': '|',
  '┤': '|',
  // Type.
  '−': '-',
  '–': '-',
  '×': 'x',
  '·': '-',
  '…': '~',
  '±': '~',
  '→': '>',
  Δ: 'd',
};

/** The text with one ASCII character for each of ours; a character we do not know becomes `?`. */
export const toAscii = (text: string): string => text.replace(/\P{ASCII}/gu, (character) => signs[character] ?? '?');

/** Whether the locale of this environment is UTF-8. Windows and macOS terminals are, whatever their environment says. */
export function isUnicode(environment: Record<string, string | undefined>, platform: string): boolean {
  const locale = environment.LC_ALL || environment.LC_CTYPE || environment.LANG || '';
  return locale === '' ? platform === 'darwin' || platform === 'win32' : /utf-?8/i.test(locale);
}
