// What processes of the tests are started with: the compile cache that app/launch.js sets, so that they start as the program does.
import { join } from 'node:path';

export const environment: NodeJS.ProcessEnv = {
  NODE_COMPILE_CACHE: join(import.meta.dirname, '../../node_modules/.cache/compile'),
  ...process.env,
};
