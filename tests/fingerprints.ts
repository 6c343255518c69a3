// Trains the recipes of recipes/fingerprints.json as far as it says and writes what came out: `node tests/fingerprints.ts [recipe …]`.
// To add a recipe, add its entry with seed and untilEpoch first.
import { readPublished } from '../app/runs/published.ts';
import { findFingerprint, writeFingerprints } from './shippedRecipes.ts';

const entries = readPublished();
const wanted = process.argv.slice(2);
for (const [name, entry] of Object.entries(entries)) {
  if (wanted.length > 0 && !wanted.includes(name)) continue;
  const found = await findFingerprint(name, ({ data, measured }) => {
    const accuracy = (100 * data.validation.accuracy).toFixed(2);
    console.log(`${name}  epoch ${data.epoch}/${entry.untilEpoch}  validation ${accuracy} %  ${measured.seconds.toFixed(1)} s`);
  });
  entries[name] = { ...entry, ...found };
  console.log(`${name}  ${found.fingerprint}`);
  writeFingerprints(entries);
}
