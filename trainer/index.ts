// The trainer as the application sees it; nothing in app/ imports deeper.
export type { DataSet, ImageShape, ImageSplit } from './data/images.ts';
export { type ErrorDetails, RunledgerError } from './errors.ts';
export type * from './facts.ts';
export { type Network, type Parameter, type ResolvedLayer, resolveNetwork, type Shape } from './network.ts';
export { canonicalJson, configurationId } from './recipe/canonical.ts';
export { setPath } from './recipe/path.ts';
export { nearest, suggestion } from './recipe/suggest.ts';
export {
  type Arithmetic,
  type AugmentStep,
  type Layer,
  type LayerKind,
  type Optimizer,
  parseRecipe,
  type Recipe,
  type Schedule,
} from './recipe.ts';
export { learningRate, scheduleRule } from './schedules/index.ts';
