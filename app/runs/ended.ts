// Why a run ended before its last epoch, in the words that were recorded.

/** Of a RunCompleted that came early, or a RunStopped whose time was over; null of any other event. */
export function endedWhy(type: string, data: Record<string, unknown>): string | null {
  const { why } = (data.early ?? {}) as { why?: unknown };
  if (type === 'RunCompleted' && why !== undefined) return String(why);
  return type === 'RunStopped' && data.by === 'budget' ? String(data.why) : null;
}
