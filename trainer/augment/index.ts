// All augmentation operators by name; they run in the order of the recipe, on bytes, with draws by operator name and original sample index.
import type { ItemFamily } from '../recipe/items.ts';
import { type HorizontalFlip, horizontalFlip } from './horizontalFlip.ts';
import { type RandomCrop, randomCrop } from './randomCrop.ts';

/** An operator in canonical form. */
export type AugmentStep = HorizontalFlip | RandomCrop;

const families: { [K in AugmentStep['kind']]: ItemFamily<Extract<AugmentStep, { kind: K }>> } = { horizontalFlip, randomCrop };

export const augmentFamilies = families as unknown as Readonly<Record<AugmentStep['kind'], ItemFamily<AugmentStep>>>;
