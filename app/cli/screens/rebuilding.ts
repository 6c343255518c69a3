// The line that shows how far the read models are made anew.
import { integer } from '../../../views/format/number.ts';
import { bar } from '../terminal/bar.ts';
import type { Screen } from '../terminal/screen.ts';

/** `━━━━━━━───  12,000 of 48,213 events` */
export function rebuildingLine(done: number, total: number, { paint }: Screen): string {
  return `${bar(total === 0 ? 1 : done / total, 30, paint)}  ${integer(done)} of ${integer(total)} events`;
}
