// Runs of the tiny recipe on the synthetic data set, collected whole. No test reads a clock: time goes on by itself, one second a look.
import { type Engine, type EngineSpec, type Fact, type FactType, parseRecipe, type TrainOptions, train } from '../../trainer/index.ts';
import { createReferenceEngine } from '../../trainer/kernels/reference/engine.ts';
import { syntheticDataSet, tinyRecipe } from './syntheticDataSet.ts';

export const dataset = syntheticDataSet();

/** A clock that goes on by one second at every look. */
export function tickingClock(): () => number {
  let now = 0;
  return () => {
    now += 1000;
    return now;
  };
}

/** Trains the tiny recipe with `changes`; by default on the reference engine. */
export async function record(changes: object = {}, options: Partial<TrainOptions> = {}): Promise<Fact[]> {
  const recipe = parseRecipe({ ...tinyRecipe, ...changes });
  const facts: Fact[] = [];
  for await (const fact of train(recipe, dataset, { clock: tickingClock(), version: '0.0.0', engine: createReferenceEngine, ...options })) {
    facts.push(fact);
  }
  return facts;
}

export function ofType<Type extends FactType>(facts: readonly Fact[], type: Type): Extract<Fact, { type: Type }>[] {
  return facts.filter((fact): fact is Extract<Fact, { type: Type }> => fact.type === type);
}

/** An engine whose calls a test watches or changes. */
export function watched(change: (engine: Engine, spec: EngineSpec) => Partial<Engine>): (spec: EngineSpec) => Engine {
  return (spec) => {
    const engine = createReferenceEngine(spec);
    return { ...engine, ...change(engine, spec) };
  };
}
