// The colours a chart may use, as custom properties of the style sheet, so that one SVG serves light and dark.
// The values stand here a second time for files that leave the page: a downloaded SVG has no style sheet.

const lightValues = {
  paper: '#fcfbf8',
  surface: '#ffffff',
  sunken: '#f4f2ec',
  text: '#1f1d1a',
  muted: '#625d55',
  rule: '#e6e2d9',
  'rule-strong': '#c9c3b7',
  grid: '#ebe7df',
  'cat-1': '#2b62c6',
  'cat-2': '#cc5f14',
  'cat-3': '#219ba3',
  'cat-4': '#4f2378',
  'cat-5': '#eb5697',
  'cat-6': '#7b4e29',
  'cat-7': '#3b5a7e',
  'cat-8': '#1f3f14',
  'cat-9': '#565656',
  'cat-10': '#b26868',
  'seq-0': '#eef2ea',
  'seq-1': '#cfe3dc',
  'seq-2': '#a5d0cf',
  'seq-3': '#76b9c4',
  'seq-4': '#4a9fb9',
  'seq-5': '#277aa2',
  'seq-6': '#24669a',
  'seq-7': '#23497f',
  'seq-8': '#1f2d5a',
  'div-0': '#05489d',
  'div-1': '#386ab3',
  'div-2': '#638cc8',
  'div-3': '#8eaddb',
  'div-4': '#bbcfec',
  'div-5': '#f4f0ec',
  'div-6': '#ecc9ba',
  'div-7': '#d79f86',
  'div-8': '#bf7553',
  'div-9': '#a54f23',
  'div-10': '#852800',
  'on-low': '#1f1d19',
  'on-high': '#fefefe',
} as const;

export type Token = keyof typeof lightValues;

/** `var(--name)`: the page's style sheet gives it a value for the theme in force. */
export function token(name: Token): string {
  return `var(--${name})`;
}

/** Category 1 to 10 of a run or variant; `0` is the muted grey of what stands back. */
export function category(index: number): string {
  return index === 0 ? token('muted') : `var(--cat-${index})`;
}

/** Writes the light theme's values into a text that refers to tokens. */
export function withLightValues(text: string): string {
  return text.replace(/var\(--([a-z0-9-]+)\)/g, (reference, name: string) => lightValues[name as Token] ?? reference);
}
