// Measuring with the averages of the weights in their place.
import type { Engine } from '../engine.ts';

/** What `measure` gives while an engine's averages stand in the place of its weights. */
export async function withAverages<T>(engine: Engine, measure: () => Promise<T>): Promise<T> {
  engine.swapAverages();
  try {
    return await measure();
  } finally {
    engine.swapAverages();
  }
}
