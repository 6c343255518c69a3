// "Did you mean": the allowed word nearest to one that was typed.

/** Edits (insert, delete, replace, swap of neighbours) between two words; Damerau–Levenshtein, restricted form. */
function distance(a: string, b: string): number {
  const rows: number[][] = [Array.from({ length: b.length + 1 }, (_, j) => j)];
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      let edits = Math.min(rows[i - 1]![j]! + 1, row[j - 1]! + 1, rows[i - 1]![j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1));
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) edits = Math.min(edits, rows[i - 2]![j - 2]! + 1);
      row.push(edits);
    }
    rows.push(row);
  }
  return rows[a.length]![b.length]!;
}

/** The nearest of `allowed`, upper and lower case alike, or undefined where none is near (more than a third of the word differs). */
export function nearest(word: string, allowed: readonly string[]): string | undefined {
  const near = (candidate: string) => distance(word.toLowerCase(), candidate.toLowerCase());
  const best = [...allowed].sort((a, b) => near(a) - near(b))[0];
  return best !== undefined && near(best) <= Math.max(1, Math.ceil(word.length / 3)) ? best : undefined;
}

/** Help for a word that is not among `allowed`. */
export function suggestion(word: string, allowed: readonly string[]): string {
  const best = nearest(word, allowed);
  return best === undefined ? `allowed: ${allowed.join(', ')}` : `did you mean \`${best}\`? Allowed: ${allowed.join(', ')}`;
}
