// Reads SQL just far enough to guard it: where words, strings and comments lie, whether there is one statement, and which names
// common table expressions take. SQLite itself judges everything else.

export interface Token {
  /** Lower case and without quotes for names; as written for all else. */
  text: string;
  kind: 'name' | 'string' | 'number' | 'sign';
  /** Where it stands, in UTF-16 units from 0. */
  offset: number;
  length: number;
}

const lexicon =
  /(?<skip>\s+|--[^\n]*|\/\*[\s\S]*?(?:\*\/|$))|(?<string>'(?:[^']|'')*'?)|(?<quoted>"(?:[^"]|"")*"?|`(?:[^`]|``)*`?|\[[^\]]*\]?)|(?<name>[\p{L}_][\p{L}\p{N}_$]*)|(?<number>\d[\w.]*|\.\d\w*)|(?<sign>[\s\S])/gu;

/** All tokens but white space and comments. */
export function tokenize(sql: string): Token[] {
  const tokens: Token[] = [];
  for (const match of sql.matchAll(lexicon)) {
    const { skip, string, quoted, name, number } = match.groups as Record<string, string | undefined>;
    if (skip !== undefined) continue;
    const text = quoted === undefined ? (name?.toLowerCase() ?? match[0]) : unquote(quoted);
    const kind = string !== undefined ? 'string' : (quoted ?? name) !== undefined ? 'name' : number !== undefined ? 'number' : 'sign';
    tokens.push({ text, kind, offset: match.index, length: match[0].length });
  }
  return tokens;
}

/** The name inside quotes, which are doubled where they are part of it. */
function unquote(text: string): string {
  const close = text[0] === '[' ? ']' : text[0]!;
  return text
    .slice(1, -1)
    .replaceAll(close + close, close)
    .toLowerCase();
}

/** The first token behind the first statement's semicolon; null where there is one statement at most. */
export function secondStatement(tokens: Token[]): Token | null {
  const end = tokens.findIndex(({ text, kind }) => kind === 'sign' && text === ';');
  return end < 0 ? null : (tokens.slice(end + 1).find(({ text }) => text !== ';') ?? null);
}

/** Names that `WITH` gives: `name AS (`, `name (columns) AS (`, with or without `MATERIALIZED`. SQLite takes a string for a name there. */
export function expressionNames(tokens: Token[]): { name: string; token: Token }[] {
  return tokens.flatMap((token, index) => {
    if (token.kind !== 'name' && token.kind !== 'string') return [];
    let next = index + 1;
    if (tokens[next]?.text === '(') next = closing(tokens, next) + 1;
    if (tokens[next]?.text !== 'as') return [];
    next += 1;
    if (tokens[next]?.text === 'not') next += 1;
    if (tokens[next]?.text === 'materialized') next += 1;
    if (tokens[next]?.text !== '(') return [];
    return [{ name: token.kind === 'string' ? unquote(token.text) : token.text, token }];
  });
}

export interface TablePlace {
  name: string;
  /** Behind a schema's dot, where no WITH is meant. */
  qualified: boolean;
  token: Token;
}

const endsFrom = new Set(['where', 'group', 'having', 'order', 'limit', 'union', 'intersect', 'except', 'select', 'values']);

/** Every name that stands for a table: behind FROM, JOIN and the commas between tables, in parentheses too. SQLite takes a string for a name there. */
export function tablePlaces(tokens: Token[]): TablePlace[] {
  const places: TablePlace[] = [];
  // A level a parenthesis: whether its commas part tables.
  const levels = [false];
  let expected = false;
  tokens.forEach((token, index) => {
    const word = isWord(token) ? token.text : null;
    if (token.text === '(' && token.kind === 'sign') {
      levels.push(expected);
      return;
    }
    if (token.text === ')' && token.kind === 'sign') {
      if (levels.length > 1) levels.pop();
      expected = false;
      return;
    }
    const isOperator = word === 'from' && tokens[index - 1]?.text === 'distinct';
    if (word === 'join' || (word === 'from' && !isOperator)) {
      levels[levels.length - 1] = expected = true;
    } else if (word !== null && endsFrom.has(word)) {
      levels[levels.length - 1] = expected = false;
    } else if (token.text === ',' && token.kind === 'sign') {
      expected = levels.at(-1)!;
    } else if (expected && (token.kind === 'name' || token.kind === 'string') && tokens[index + 1]?.text !== '.') {
      const name = token.kind === 'string' ? unquote(token.text) : token.text;
      places.push({ name, qualified: tokens[index - 1]?.text === '.', token });
      expected = false;
    }
  });
  return places;
}

/** A name without quotes, which may be a keyword. */
function isWord({ kind, text, length }: Token): boolean {
  return kind === 'name' && text.length === length;
}

/** Names of the WITH that a statement begins with: they are known in all of it. */
export function leadingExpressions(tokens: Token[]): Set<string> {
  const first = tokens.findIndex((token) => !isWord(token) || !['explain', 'query', 'plan'].includes(token.text));
  if (tokens[first]?.text !== 'with') return new Set();
  let depth = 0;
  const outside = new Set(
    tokens.filter(({ kind, text }) => {
      if (kind === 'sign' && text === '(') depth += 1;
      if (kind === 'sign' && text === ')') depth -= 1;
      return depth === 0;
    }),
  );
  return new Set(
    expressionNames(tokens)
      .filter(({ token }) => outside.has(token))
      .map(({ name }) => name),
  );
}

function closing(tokens: Token[], open: number): number {
  let depth = 0;
  for (let index = open; index < tokens.length; index++) {
    if (tokens[index]!.text === '(') depth += 1;
    if (tokens[index]!.text === ')') depth -= 1;
    if (depth === 0) return index;
  }
  return tokens.length;
}
