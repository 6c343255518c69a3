// Settings that a kind gained after the first version: where one stands at what holds anyway, the canonical form leaves it out, so that a recipe
// from before reads as it did, with the same bytes and the same configuration id. Whoever reads such a setting says what it is without.
import { canonicalJson } from './canonical.ts';

/** For `schema.transform`: without the settings that equal their defaults, or are undefined. */
export function leaveOut<D extends object>(defaults: D) {
  return <T extends { [K in keyof D]?: unknown }>(settings: T): T => {
    const entries = Object.entries(settings).filter(([key, value]) => {
      if (value === undefined) return false;
      return !Object.hasOwn(defaults, key) || canonicalJson(value) !== canonicalJson(defaults[key as keyof D]);
    });
    return Object.fromEntries(entries) as T;
  };
}
