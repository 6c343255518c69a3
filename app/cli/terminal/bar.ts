// The bar of a progress block.
import type { Paint } from './paint.ts';

/** `━━━━━━────`: `share` from 0 to 1 of `columns` filled. Full only at 1. */
export function bar(share: number, columns: number, paint: Paint): string {
  const bounded = Math.min(1, Math.max(0, share));
  const filled = bounded === 1 ? columns : Math.min(columns - 1, Math.floor(bounded * columns));
  return paint.accent('━'.repeat(filled)) + paint.muted('─'.repeat(columns - filled));
}
