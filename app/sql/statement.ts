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

/** Every name at a place where a table may stand: behind FROM, JOIN, a comma, an opening parenthesis or a schema's dot. */
export function tableNames(tokens: Token[]): Set<string> {
  const before = new Set(['from', 'join', ',', '(', '.']);
  return new Set(tokens.filter(({ kind }, index) => kind === 'name' && before.has(tokens[index - 1]?.text ?? '')).map(({ text }) => text));
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
