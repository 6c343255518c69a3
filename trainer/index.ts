// The trainer as the application sees it; nothing in app/ imports deeper.
export type { DataSet, ImageShape, ImageSplit } from './data/images.ts';
export { type ErrorDetails, RunledgerError } from './errors.ts';
export type * from './facts.ts';
export type * from './recipe.ts';
