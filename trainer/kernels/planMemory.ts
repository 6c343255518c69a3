// How much memory an engine would take: its program planned for real, with no images and nothing compiled.
import type { Network } from '../network.ts';
import type { Recipe } from '../recipe.ts';
import { planProgram } from './program.ts';
import { WASM_256 } from './tiles.ts';

/** Bytes of the arena: activations, gradients, parameters and optimizer state of a batch, scratch of each thread. */
export function planMemory(recipe: Recipe, network: Network, threads: number): number {
  const { loss, optimizer, augment, arithmetic, seed, batch } = recipe;
  const none = { count: 0, images: new Uint8Array(), labels: new Uint8Array() };
  const spec = { network, loss, optimizer, augment, arithmetic, seed, batch, threads, train: none, test: none };
  const pixelTable = new Float32Array(256 * network.input[0]);
  return planProgram({ ...spec, pixelTable }, { target: WASM_256, merge: true, threads }, 0).arena.bytes;
}
