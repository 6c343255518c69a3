// The trainer as the application sees it; nothing in app/ imports deeper.
export { type Checkpoint, decodeCheckpoint, encodeCheckpoint } from './checkpoint.ts';
export type { DataSet, ImageShape, ImageSplit } from './data/images.ts';
export type { Engine, EngineSpec, TrainStep } from './engine.ts';
export { type ErrorDetails, RunledgerError } from './errors.ts';
export type * from './facts.ts';
export { createFingerprint, type Fingerprint, type FingerprintedFact, fingerprintOf } from './fingerprint.ts';
export type { Progress, StopSignal, TrainOptions } from './loop/run.ts';
export { train } from './loop.ts';
export { type Network, type Parameter, type ResolvedLayer, resolveNetwork, type Shape } from './network.ts';
export { NUMERICS } from './numerics.ts';
export { checkRecipe, type DataSetOutline } from './prepare.ts';
export { canonicalJson, configurationId } from './recipe/canonical.ts';
export { setPath } from './recipe/path.ts';
export { nearest, suggestion } from './recipe/suggest.ts';
export type { Arithmetic, AugmentStep, Layer, LayerKind, Loss, Optimizer, Recipe, Schedule } from './recipe.ts';
export { parseRecipe } from './recipe.ts';
export { learningRate, scheduleRule } from './schedules/index.ts';
