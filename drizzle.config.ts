// For `drizzle-kit generate`: the read models' tables only. The log's tables (app/db/log.ts) are left out on purpose: their
// migrations are written by hand, because rebuilding a table drops its triggers.
import { defineConfig } from 'drizzle-kit';

export default defineConfig({
  dialect: 'sqlite',
  schema: ['./app/db/runs.ts', './app/db/training.ts', './app/db/sweeps.ts'],
  out: './migrations/readModels',
});
