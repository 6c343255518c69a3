import { availableParallelism } from 'node:os';
import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['tests/**/*.test.ts'],
    // Forks, because several suites open native SQLite handles and shared memory.
    pool: 'forks',
    // Two files at a time where there are two cores: many tests wait for a process or a browser. By itself Vitest would leave one core alone.
    maxWorkers: Math.max(2, availableParallelism() - 1),
    testTimeout: 60_000,
    hookTimeout: 60_000,
  },
});
