// What a query may touch: the published views and functions that only compute. SQLite asks for every table, column and function
// while it compiles a statement, so nothing refused ever runs.
import { constants } from 'node:sqlite';
import { leadingExpressions, type TablePlace, type Token, tablePlaces } from './statement.ts';

// Scalar, aggregate, window, date, mathematics and JSON functions of SQLite. Not among them: what reads files, loads code,
// or makes large values out of nothing.
const functions = new Set(
  `abs avg ceil ceiling char coalesce concat concat_ws count cume_dist date datetime degrees dense_rank exp first_value floor format glob
  group_concat hex ifnull iif if instr julianday json json_array json_array_length json_each json_error_position json_extract
  json_group_array json_group_object json_object json_patch json_pretty json_quote json_remove json_replace json_set json_type json_valid
  lag last_value lead length like ln log log10 log2 lower ltrim max median min mod nth_value ntile nullif octet_length percent_rank
  percentile percentile_cont percentile_disc pi pow power printf quote radians rank replace round row_number rtrim sign sqrt strftime
  string_agg substr substring sum time timediff total trim trunc typeof unicode unixepoch upper -> ->> acos asin atan atan2 cos sin tan
  cosh sinh tanh acosh asinh atanh`.split(/\s+/),
);
const tableFunctions = new Set(['json_each', 'json_tree']);

/** Whether a view is part of the public SQL surface. */
export function isPublished(view: string): boolean {
  return view.startsWith('v1_');
}

export interface Refusal {
  /** What was asked for, as a name to look for in the query; null where it is a kind of statement. */
  name: string | null;
  message: string;
}

/**
 * An authorizer, and what it refused first. `readers` are the names that may read tables: the views and every WITH inside them.
 * It does not see what is joined by USING or NATURAL, or counted only: `forbiddenPlace` does.
 */
export function createAuthorizer(readers: ReadonlySet<string>): {
  authorize: (action: number, first: string | null, second: string | null, database: string | null, source: string | null) => number;
  refusal: () => Refusal | null;
} {
  let refusal: Refusal | null = null;
  const refuse = (name: string | null, message: string): number => {
    refusal ??= { name, message };
    return constants.SQLITE_DENY;
  };
  // Inside a view its own tables may be read: `source` then names the view, or the WITH inside it. Where no column is wanted, as in count(*), SQLite asks
  // for the table under a view, or for a WITH of the query, without saying so.
  const mayRead = (table: string, column: string | null, source: string | null): boolean =>
    (source !== null && readers.has(source)) || isPublished(table) || tableFunctions.has(table) || column === '';
  return {
    refusal: () => refusal,
    authorize(action, first, second, _database, source) {
      switch (action) {
        case constants.SQLITE_SELECT:
        case constants.SQLITE_RECURSIVE:
          return constants.SQLITE_OK;
        case constants.SQLITE_FUNCTION:
          return functions.has((second ?? '').toLowerCase())
            ? constants.SQLITE_OK
            : refuse(second, `The function ${second} is not for queries here.`);
        case constants.SQLITE_READ:
          return mayRead(first ?? '', second, source) ? constants.SQLITE_OK : refuse(first, `${first} is not a published view.`);
        case constants.SQLITE_PRAGMA:
          return refuse('pragma', 'PRAGMA is not for queries here.');
        case constants.SQLITE_ATTACH:
          return refuse('attach', 'ATTACH is not for queries here.');
        default:
          return refuse(null, 'This statement would change something; queries here only read.');
      }
    },
  };
}

/** The first place where a query names what it may not read; `names` are all tables and views of the ledger. */
export function forbiddenPlace(tokens: Token[], names: ReadonlySet<string>): TablePlace | null {
  const own = leadingExpressions(tokens);
  const isInternal = (name: string): boolean => (names.has(name) && !isPublished(name)) || /^(sqlite_|pragma_|dbstat$)/.test(name);
  return tablePlaces(tokens).find(({ name, qualified }) => isInternal(name) && (qualified || !own.has(name))) ?? null;
}
