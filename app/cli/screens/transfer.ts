// The bar of an export, an import or a backup, and the line with the head to keep elsewhere.
import { bytes, integer } from '../../../views/format/number.ts';
import type { CliContext } from '../context.ts';
import { bar } from '../terminal/bar.ts';
import type { Screen } from '../terminal/screen.ts';

const units = { events: integer, files: integer, pages: integer, bytes } as const;

export async function transferProgress(context: CliContext) {
  const progress = await context.progress();
  const { paint } = context.err;
  return {
    /** `━━━━━━━───  12 of 612 files` */
    show(what: keyof typeof units, done: number, total: number): void {
      const said = (n: number): string => units[what](n);
      const unit = what === 'bytes' ? '' : ` ${what}`;
      progress.show(() => [`${bar(total === 0 ? 1 : done / total, 30, paint)}  ${said(done)} of ${said(total)}${unit}`]);
    },
    end: (): void => progress.end(),
  };
}

/** In full: it proves nothing where it is not compared. */
export const headLine = (head: string, { paint }: Pick<Screen, 'paint'>): string => `${paint.muted('head')}  ${head}`;
