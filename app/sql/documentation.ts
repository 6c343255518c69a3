// docs/sql.md as data: the questions people ask, and what each column of a view is. The console shows what the document says, so
// that neither can say something else.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** A question and the query that answers it. */
export interface Question {
  title: string;
  sql: string;
}

export interface ColumnNote {
  unit: string;
  meaning: string;
}

export interface SqlDocumentation {
  questions: Question[];
  /** By `view.column`. */
  columns: Map<string, ColumnNote>;
}

export function readDocumentation(file = join(import.meta.dirname, '../../docs/sql.md')): SqlDocumentation {
  const [questions = '', views = ''] = readFileSync(file, 'utf8').split('\n## The views\n');
  return {
    questions: [...questions.matchAll(/^### (.+)\n[^`]*```sql\n([\s\S]*?)```/gm)].map(([, title, sql]) => ({
      title: title!,
      sql: sql!.trim(),
    })),
    columns: new Map(views.split('\n### ').slice(1).flatMap(columnsOf)),
  };
}

/** Rows of a section's table: names in backquotes, unit, meaning. */
function columnsOf(section: string): [string, ColumnNote][] {
  const [view = '', ...lines] = section.split('\n');
  return lines
    .filter((line) => line.startsWith('| `'))
    .flatMap((line) => {
      const [names = '', unit = '', meaning = ''] = line
        .slice(1)
        .split(' | ')
        .map((cell) => cell.replace(/\|\s*$/, '').trim());
      return [...names.matchAll(/`([^`]+)`/g)].map(([, name]): [string, ColumnNote] => [
        `${view.trim()}.${name}`,
        { unit, meaning: meaning.replaceAll('`', '') },
      ]);
    });
}
