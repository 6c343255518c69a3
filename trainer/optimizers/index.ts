// All optimizers by name.
import { type Adagrad, adagrad } from './adagrad.ts';
import { type Adam, adam } from './adam.ts';
import { type AdamW, adamW } from './adamW.ts';
import { type Lion, lion } from './lion.ts';
import { type Muon, muon } from './muon.ts';
import type { OptimizerFamily } from './optimizer.ts';
import { type Rmsprop, rmsprop } from './rmsprop.ts';
import { type Sgd, sgd } from './sgd.ts';

/** An optimizer in canonical form. */
export type Optimizer = Sgd | Adam | AdamW | Rmsprop | Adagrad | Lion | Muon;

/** How one parameter moves: an optimizer's settings, with the weight decay that this parameter has. */
export type Rule = Optimizer;

const families: { [T in Optimizer['type']]: OptimizerFamily<Extract<Optimizer, { type: T }>> } = {
  sgd,
  adam,
  adamW,
  rmsprop,
  adagrad,
  lion,
  muon,
};

export const optimizerFamilies = families as unknown as Readonly<Record<Optimizer['type'], OptimizerFamily<Optimizer>>>;

/** Schemas by name, as recipes choose among them. */
export const optimizers: Readonly<Record<Optimizer['type'], OptimizerFamily<Optimizer>['schema']>> = {
  sgd: sgd.schema,
  adam: adam.schema,
  adamW: adamW.schema,
  rmsprop: rmsprop.schema,
  adagrad: adagrad.schema,
  lion: lion.schema,
  muon: muon.schema,
};
