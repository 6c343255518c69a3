// Trains the recipes of recipes/fingerprints.json as far as it says and writes what came out: `node tests/fingerprints.ts [recipe …]`.
// To add a recipe, add its entry with an empty fingerprint first.
import { findFingerprint, readFingerprints, writeFingerprints } from './shippedRecipes.ts';

const entries = readFingerprints();
const wanted = process.argv.slice(2);
for (const [name, entry] of Object.entries(entries)) {
  if (wanted.length > 0 && !wanted.includes(name)) continue;
  entry.fingerprint = await findFingerprint(name, entry, ({ data, measured }) => {
    const accuracy = (100 * data.validation.accuracy).toFixed(2);
    console.log(`${name}  epoch ${data.epoch}/${entry.untilEpoch}  validation ${accuracy} %  ${measured.seconds.toFixed(1)} s`);
  });
  console.log(`${name}  ${entry.fingerprint}`);
  writeFingerprints(entries);
}
