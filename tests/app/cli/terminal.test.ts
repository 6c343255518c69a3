import { stripVTControlCharacters } from 'node:util';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { isUnicode, toAscii } from '../../../app/cli/terminal/ascii.ts';
import { bar } from '../../../app/cli/terminal/bar.ts';
import { coloured, colourless } from '../../../app/cli/terminal/paint.ts';
import { createScreen } from '../../../app/cli/terminal/screen.ts';
import { type Column, table } from '../../../app/cli/terminal/table.ts';
import { cut, padEnd, padStart, textWidth } from '../../../app/cli/terminal/width.ts';
import { statusText } from '../../../views/format/status.ts';
import { fakeTerminal } from './fakeHost.ts';

describe('width', () => {
  test.each([
    ['', 0],
    ['seed-cnn', 8],
    ['✓ completed', 11],
    ['▁▃▄█ −0.3 ± 0.1', 15],
    [coloured.bold('78.6'), 4],
    ['画像', 4],
    ['👩‍🔬 x', 4],
    ['e\u0301', 1],
  ])('of %s is %s', (text, columns) => expect(textWidth(text)).toBe(columns));

  test('cutting keeps the start and says so', () => {
    expect(cut('resnet8-cosine', 14)).toBe('resnet8-cosine');
    expect(cut('resnet8-cosine', 8)).toBe('resnet8…');
    expect(cut('画像分類', 4)).toBe('画…');
    expect(cut('abc', 1)).toBe('…');
    expect(cut('abc', 0)).toBe('');
  });

  test('a cut text closes the styles it opened', () => {
    expect(cut(`${coloured.bold('seed')}-${coloured.worse('failed')}`, 7)).toBe(`${coloured.bold('seed')}-${coloured.worse('f…')}`);
  });

  test('a cut text is never wider than asked, and padding makes it as wide', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), fc.nat(30), (text, columns) => {
        const clean = stripVTControlCharacters(text);
        const short = cut(coloured.accent(clean), columns);
        expect(textWidth(short)).toBeLessThanOrEqual(columns);
        expect(textWidth(padEnd(short, columns))).toBe(columns);
        expect(textWidth(padStart(short, columns))).toBe(columns);
      }),
    );
  });
});

describe('ASCII', () => {
  test('has a sign for each of ours', () => {
    expect(toAscii('✓ ● ○ ‖ ■ ▫ ◐ ▲ ✗')).toBe('+ * o " [ - ? ! x');
    expect(toAscii('━━━───')).toBe('###...');
    expect(toAscii('val −0.004 · 1 × 28 … ± é')).toBe('val -0.004 - 1 x 28 ~ ~ ?');
  });

  test('takes as many columns as what it stands for', () => {
    for (const text of [statusText('interrupted'), '▁▂▃▄▅▆▇█', '├──●──┤', '78.6 ± 0.3', 'Δ', '→'])
      expect(textWidth(toAscii(text))).toBe(textWidth(text));
  });

  test.each([
    [{ LANG: 'en_GB.UTF-8' }, 'linux', true],
    [{ LANG: 'C.utf8' }, 'linux', true],
    [{ LANG: 'C' }, 'linux', false],
    [{}, 'linux', false],
    [{}, 'darwin', true],
    [{ LC_ALL: 'C', LANG: 'en_GB.UTF-8' }, 'linux', false],
    [{ LC_CTYPE: 'UTF-8', LANG: 'C' }, 'darwin', true],
  ])('%o on %s: UTF-8 %s', (environment, platform, expected) => expect(isUnicode(environment, platform)).toBe(expected));
});

describe('a screen', () => {
  const settings = { color: 'auto', environment: { LANG: 'C.UTF-8' }, platform: 'linux' } as const;
  const terminal = { isTTY: true, columns: 100 };

  test('is 80 to 120 columns wide, as the window is at the time', () => {
    const stream = fakeTerminal({ ...terminal });
    const screen = createScreen(stream, settings);
    expect(screen.width).toBe(100);
    stream.columns = 40;
    expect(screen.width).toBe(80);
    stream.columns = 200;
    expect(screen.width).toBe(120);
    expect(createScreen(fakeTerminal(), settings).width).toBe(80);
  });

  test.each([
    ['a terminal', terminal, settings, true],
    ['a pipe', {}, settings, false],
    ['NO_COLOR', terminal, { ...settings, environment: { NO_COLOR: '1' } }, false],
    ['an empty NO_COLOR', terminal, { ...settings, environment: { NO_COLOR: '' } }, true],
    ['a dumb terminal', terminal, { ...settings, environment: { TERM: 'dumb' } }, false],
    ['--color never', terminal, { ...settings, color: 'never' }, false],
    ['--color always in a pipe', {}, { ...settings, color: 'always', environment: { NO_COLOR: '1' } }, true],
  ] as const)('with %s: colours %s', (_what, look, given, expected) => {
    expect(createScreen(fakeTerminal({ ...look }), given).paint).toBe(expected ? coloured : colourless);
  });

  test('writes lines, in ASCII where the locale is not UTF-8', () => {
    const stream = fakeTerminal();
    createScreen(stream, settings).line('✓ intact');
    createScreen(stream, { ...settings, environment: { LANG: 'C' } }).line('✓ intact');
    expect(stream.text()).toBe('✓ intact\n+ intact\n');
  });
});

describe('a bar', () => {
  test.each([
    [0, '──────────'],
    [0.55, '━━━━━─────'],
    [0.999, '━━━━━━━━━─'],
    [1, '━━━━━━━━━━'],
    [1.2, '━━━━━━━━━━'],
    [-1, '──────────'],
  ])('at %s', (share, text) => expect(bar(share, 10, colourless)).toBe(text));
});

describe('a table', () => {
  interface Row {
    name: string;
    accuracy: string;
    speed: string;
  }
  const rows: Row[] = [
    { name: 'seed-cnn', accuracy: '78.6', speed: '6,080' },
    { name: 'a-very-long-name-of-a-run-that-nobody-would-type-but-a-sweep-makes-up-from-all-its-factors', accuracy: '9.1', speed: '110' },
    { name: 'queued', accuracy: '', speed: '' },
  ];
  const columns: Column<Row>[] = [
    { title: 'run', cell: ({ name }) => name, shrinks: true },
    { title: 'acc %', align: 'right', cell: ({ accuracy }) => coloured.bold(accuracy) },
    { title: 'img/s', align: 'right', wide: true, cell: ({ speed }) => speed },
  ];

  test('puts numbers to the right and cuts the name alone', () => {
    const lines = table(rows, columns, { width: 80, paint: colourless }).map(stripVTControlCharacters);
    expect(lines).toEqual([
      `run${' '.repeat(72)}acc %`,
      `seed-cnn${' '.repeat(68)}78.6`,
      `a-very-long-name-of-a-run-that-nobody-would-type-but-a-sweep-makes-up-fr…    9.1`,
      'queued',
    ]);
    expect(lines[2]).toHaveLength(80);
  });

  test('gains columns from 100 on', () => {
    const lines = table(rows, columns, { width: 120, paint: colourless }).map(stripVTControlCharacters);
    expect(lines[0]).toMatch(/ acc % {2}img\/s$/);
    expect(lines[1]).toMatch(/ {2}78\.6 {2}6,080$/);
    expect(lines[2]).toContain('all-its-factors');
  });

  test('without rows is its head', () => {
    expect(table([], columns, { width: 80, paint: colourless })).toEqual(['run  acc %']);
  });
});
