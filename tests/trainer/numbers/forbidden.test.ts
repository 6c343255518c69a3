// Functions whose last bits depend on the machine have no place in the trainer: this reads its sources.
import { globSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';

const forbidden: [what: string, pattern: RegExp][] = [
  [
    'a Math function that is not correctly rounded',
    /\bMath\s*\.\s*(exp|expm1|log|log2|log10|log1p|pow|sinh?|cosh?|tanh?|asinh?|acosh?|atan2?|atanh|hypot|cbrt|random)\b/,
  ],
  ['the same by destructuring', /\{[^}]*\b(exp|expm1|log|log2|log10|log1p|pow|sinh?|cosh?|tanh?|hypot|cbrt|random)\b[^}]*\}\s*=\s*Math\b/],
  ['the same by a computed name', /\bMath\s*\[/],
  ['the power operator', /\*\*/],
  ['relaxed minimum or maximum', /relaxed_?(min|max)/i],
];

/** Source without comments and quoted strings (template literals stay: they hold code). */
function codeOf(source: string): string {
  return source.replace(/\/\*[\s\S]*?\*\/|\/\/.*|'(?:\\.|[^'\\\n])*'|"(?:\\.|[^"\\\n])*"/g, (match) => (match.startsWith('/') ? '' : "''"));
}

function findings(source: string): string[] {
  const code = codeOf(source);
  return forbidden.filter(([, pattern]) => pattern.test(code)).map(([what]) => what);
}

const files = globSync('trainer/**/*.ts').sort();

test('the search finds what it looks for, and only in code', () => {
  expect(files.length).toBeGreaterThan(20);
  for (const bad of ['const y = Math.exp(x);', 'x ** 2', 'const { fround, exp } = Math;', "Math['exp'](x)", 'f32x4.relaxed_min(a, b)']) {
    expect(findings(bad)).toHaveLength(1);
  }
  expect(findings("/** Math.exp */ // x ** 2\nconst name = 'Math.log'; const { fround } = Math; const y = Math.sqrt(x) * x;")).toEqual([]);
});

test.each(files)('%s', (file) => {
  expect(findings(readFileSync(file, 'utf8'))).toEqual([]);
});
