// Loaded before the command line (`node --import`): whoever asks for the worker of a run gets the watched one, so that the unchanged program
// tells when its first step was done.
import { registerHooks } from 'node:module';

const product = new URL('../../../app/runs/worker.ts', import.meta.url).href;
const watched = new URL('./worker.ts', import.meta.url).href;

registerHooks({
  resolve(specifier, context, next) {
    const resolved = next(specifier, context);
    return resolved.url === product ? { ...resolved, url: watched } : resolved;
  },
});
