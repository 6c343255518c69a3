// Finds where in a query SQLite's message points: Node's SQLite gives the word, not its place.
import type { Mistake } from './query.ts';
import type { Token } from './statement.ts';

/** The token a message is about; null where it names none. `errorOf` compiles a piece of SQL and gives the message. */
export function locate(sql: string, tokens: Token[], message: string, errorOf: (sql: string) => string | null): Mistake | null {
  if (/incomplete input/.test(message)) return { offset: sql.trimEnd().length, length: 1 };
  const near = message.match(/^near "([\s\S]*)": syntax error$/)?.[1];
  if (near !== undefined) {
    // The parser stops at the first word that no continuation allows: cut behind each candidate, the right one fails alike.
    const candidates = tokens.filter(({ offset, length }) => sql.slice(offset, offset + length) === near);
    return candidates.find(({ offset, length }) => errorOf(sql.slice(0, offset + length)) === message) ?? null;
  }
  const name = message.match(
    /(?:no such (?:column|table|function)|ambiguous column name|wrong number of arguments to function|misuse of[\w ]*):? (\S+?)(?:\(\))?$/,
  )?.[1];
  const last = name?.split('.').at(-1)?.toLowerCase();
  return tokens.find(({ text }) => text === last) ?? null;
}
