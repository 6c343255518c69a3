// Events that are facts of the trainer (trainer/facts.ts says what they mean). Schema version 1.
import { z } from 'zod';
import { arrayIndex, count, json, metrics, number, ordinal, recipe, sha256, text } from './values.ts';

export const facts = {
  RunStarted: z.looseObject({
    recipe,
    numerics: ordinal,
    datasetFingerprint: text,
    classes: z.array(text),
    samples: z.looseObject({ train: count, validation: count, test: count }).optional(),
    standardize: z.looseObject({ mean: z.array(number), std: z.array(number) }).optional(),
    parameterCount: count,
    flopsPerSample: number,
    stepsPerEpoch: ordinal,
    layers: z.array(
      z.looseObject({ name: text, kind: text, input: z.array(count), output: z.array(count), parameters: count, flops: number }),
    ),
  }),
  StepsMeasured: z.looseObject({ epoch: ordinal, firstStep: ordinal, lastStep: ordinal, steps: z.array(ordinal), arrays: arrayIndex }),
  EpochMeasured: z.looseObject({
    epoch: ordinal,
    step: ordinal,
    train: metrics,
    validation: metrics,
    validationBatchStatistics: metrics.nullable(),
    validationAveraged: metrics.optional(),
    confusion: z.array(z.array(count)),
    learningRate: number,
    gradientNorm: number,
    layerGradientNorms: z.record(text, number),
    weightsSha256: sha256,
    best: z.looseObject({ epoch: count, validationAccuracy: number }),
  }),
  BatchNormMeasured: z.looseObject({ epoch: ordinal, arrays: arrayIndex }),
  LearningRateChanged: z.looseObject({ epoch: ordinal, step: ordinal, from: number.nullable(), to: number, schedule: text, why: text }),
  ParametersMeasured: z.looseObject({ epoch: ordinal, parameters: z.record(text, json).optional(), arrays: arrayIndex }),
  CheckpointTaken: z.looseObject({ epoch: count, step: count, sha256, bytes: count, reason: text }),
  RunCompleted: z.looseObject({
    epochs: count,
    steps: count,
    final: z.looseObject({ train: metrics, validation: metrics, test: metrics }),
    best: z.looseObject({ epoch: count, validation: metrics, test: metrics }),
    averaged: z.looseObject({ validation: metrics, test: metrics }).optional(),
    weightsSha256: sha256,
    fingerprint: text,
    early: z.looseObject({ rule: text, why: text }).optional(),
  }),
  RunFailed: z.looseObject({ code: text, message: text, help: text.nullable(), epoch: count, step: count, layer: text.nullable() }),
  RunStopped: z.looseObject({ epoch: count, step: count, by: text, why: text }),
};
