import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['tests/**/*.test.ts'],
    // Forks, because several suites open native SQLite handles and shared memory.
    pool: 'forks',
    testTimeout: 60_000,
    hookTimeout: 60_000,
  },
});
