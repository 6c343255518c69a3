// Names for the functions in a chart's option. An option travels as JSON, so a formatter is written as `@name argument`
// and becomes a function where it is drawn: on the server and in the browser, from this one list.

type Format = (argument: string) => (value: unknown) => string;

const formats: Record<string, Format> = {
  /** Plain number with a true minus. */
  number: () => (value) => signless(value),
  /** The last tick names the unit: `epoch 30`. */
  last: (argument) => {
    const [unit = '', last = ''] = argument.split('|');
    return (value) => (String(value) === last ? `${unit} ${grouped(Number(value))}` : grouped(Number(value)));
  },
  /** `+5`, `−5`, `0`. */
  signed: () => (value) => (Number(value) > 0 ? `+${signless(value)}` : signless(value)),
  /** Fixed decimals, with what follows: `1| %`. */
  fixed: (argument) => {
    const [digits = '0', suffix = ''] = argument.split('|');
    return (value) => (Number.isFinite(value) ? `${decimals(value as number, Number(digits))}${suffix}` : '');
  },
  /** Head of a tooltip: `epoch 21`. */
  pointer: (unit) => (pointer) => `${unit} ${signless(Number(Number((pointer as { value: unknown }).value).toPrecision(4)))}`,
  /** A learning rate: powers of ten below 0.0001. */
  rate: () => (value) => {
    const rate = Number(Number(value).toPrecision(6));
    return rate !== 0 && Math.abs(rate) < 1e-4 ? power(rate) : signless(rate);
  },
  /** Significant digits, without trailing zeros. */
  digits: (argument) => (value) => signless(Number(Number(value).toPrecision(Number(argument)))),
};

/** From six digits before the point on, `2e10`: an axis has room for no more. */
function signless(value: unknown): string {
  if (typeof value !== 'number') return String(value).replace(/-/g, '−');
  const short = Number(value.toPrecision(10));
  return Math.abs(short) >= 1e6 && Number.isFinite(short) ? power(short) : String(short).replace(/-/g, '−');
}

function power(value: number): string {
  return value.toExponential().replace('e+', 'e').replace(/-/g, '−');
}

function decimals(value: number, digits: number): string {
  const text = Math.abs(value) >= 1e6 ? value.toExponential(digits).replace('e+', 'e') : value.toFixed(digits);
  return text.replace(/-/g, '−');
}

function grouped(value: number): string {
  return value.toLocaleString('en');
}

/** A copy of an option in which every formatter written as `@name argument` is the function it names. */
export function revive<T>(option: T): T {
  if (Array.isArray(option)) return option.map((part) => revive(part)) as T;
  if (typeof option !== 'object' || option === null) return option;
  return Object.fromEntries(
    Object.entries(option).map(([key, value]) => [
      key,
      /formatter$/i.test(key) && typeof value === 'string' ? formatter(value) : revive(value),
    ]),
  ) as T;
}

function formatter(text: string): unknown {
  if (!text.startsWith('@')) return text;
  const [name = '', ...argument] = text.slice(1).split(' ');
  const format = formats[name];
  if (format === undefined) throw new Error(`unknown format ${text}`);
  return format(argument.join(' '));
}
