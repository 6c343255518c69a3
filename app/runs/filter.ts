// The filter of `runledger runs --where`: conditions joined by `and`, each a field with its value, or a text that the name, a tag
// or the id holds.
import { nearest, RunledgerError } from '../../trainer/index.ts';

/** What a filter looks at. */
export interface Filterable {
  name: string;
  status: string;
  dataset: string;
  tags: string[];
  runId: string;
}

export type RunFilter = (run: Filterable) => boolean;

const fields = ['status', 'dataset', 'name', 'tag'] as const;

/** `dataset = mnist and status = running`, `tag = paper`, `seed-cnn`. Errors: `usage` for an unknown field. */
export function parseFilter(text: string): RunFilter {
  const conditions = text
    .split(/\s+and\s+/i)
    .map((condition) => condition.trim())
    .filter((condition) => condition !== '')
    .map(parseCondition);
  return (run) => conditions.every((holds) => holds(run));
}

function parseCondition(text: string): RunFilter {
  const [, field, value] = /^(\w+)\s*=\s*(.*)$/.exec(text) ?? [];
  if (field === undefined || value === undefined) return holdsText(text);
  const wanted = value.replace(/^(['"])(.*)\1$/, '$2').toLowerCase();
  switch (field) {
    case 'status':
    case 'dataset':
    case 'name':
      return (run) => run[field].toLowerCase() === wanted;
    case 'tag':
      return ({ tags }) => tags.some((tag) => tag.toLowerCase() === wanted);
    default: {
      const meant = nearest(field, fields);
      throw new RunledgerError('usage', `--where knows no \`${field}\``, {
        help: meant === undefined ? `it knows ${fields.join(', ')}` : `did you mean  --where '${meant} = ${value}'`,
      });
    }
  }
}

function holdsText(text: string): RunFilter {
  const wanted = text.toLowerCase();
  return ({ name, tags, runId }) => [name, ...tags, runId].some((field) => field.toLowerCase().includes(wanted));
}
