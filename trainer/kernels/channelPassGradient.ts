// Backward through batch norm, ReLU and max pooling in one pass. A gradient goes to the first pixel of its window whose value equals the
// maximum, and on through ReLU where that is positive. Batch norm needs two sums over the whole batch in between, so it comes twice: once
// to collect them (`routed`), once to finish (`normalized`).
import { type ChannelPass, channelRegisters, constantOffset, overWindows, windowOffsets } from './channelPass.ts';
import type { Lanes } from './emit/emitter.ts';
import type { KernelBody } from './emit/kernels.ts';
import { BLOCK, BLOCK_BYTES, blocksOf, type Plane } from './plane.ts';

/** Whether every input pixel lies in exactly one window, so that each is written once. */
export function windowsTile({ input, output, pool }: ChannelPass): boolean {
  if (pool === null) return true;
  const { kernel, stride } = pool;
  return kernel === stride && output.height * stride === input.height && output.width * stride === input.width;
}

/**
 * Kernel (x, y, gradient of y, result, constants) for one sample: the gradient at each input pixel before batch norm (`routed`), or behind
 * it (`normalized`). Windows must tile the plane.
 */
export function channelPassGradient(pass: ChannelPass, gradient: Plane, result: Plane, form: 'routed' | 'normalized'): KernelBody {
  const { input, output, relu, pool } = pass;
  const offsets = windowOffsets(pass);
  const resultOffsets = windowOffsets({ ...pass, input: result });
  return (e, x, y, dy, dx, constants) => {
    const registers = channelRegisters(e, pass);
    const [ofCentred, addend] = [e.lanes(BLOCK), e.lanes(BLOCK)];
    const [maximum, arriving, value, centred, here, taken] = Array.from({ length: 6 }, () => e.lanes(BLOCK)) as Six;
    e.step(x, input.origin);
    e.step(y, output.origin);
    e.step(dy, gradient.origin);
    e.step(dx, result.origin);
    e.loop(blocksOf(output.channels), () => {
      registers.load(constants);
      const planes = [
        { pointer: x, plane: input, windowed: true },
        { pointer: y, plane: output, windowed: false },
        { pointer: dy, plane: gradient, windowed: false },
        { pointer: dx, plane: result, windowed: true },
      ];
      overWindows(e, pass, planes, ([xAt, yAt, dyAt, dxAt]) => {
        e.load(arriving, dyAt!, 0);
        if (relu || pool) e.load(maximum, yAt!, 0);
        if (relu) {
          e.lessOrEqual(here, maximum, registers.zero);
          e.andNot(arriving, arriving, here);
        }
        offsets.forEach((offset, i) => {
          if (pool) {
            registers.activate(value, xAt!, offset, centred);
            e.equal(here, value, maximum);
            if (i === 0) e.copy(taken, here);
            else {
              e.andNot(here, here, taken);
              if (i < offsets.length - 1) e.or(taken, taken, here);
            }
            e.and(value, arriving, here);
          } else {
            e.copy(value, arriving);
            if (form === 'normalized') {
              e.load(centred, xAt!, offset);
              e.subtract(centred, centred, registers.mean);
            }
          }
          if (form === 'normalized') {
            // Read again for every pixel: kept in registers, these two would push others out (6.0 against 3.0 µs a plane of 64 kB).
            e.load(ofCentred, constants, constantOffset(input, 'ofCentred'));
            e.load(addend, constants, constantOffset(input, 'addend'));
            e.madd(value, value, registers.scale, addend);
            e.madd(value, centred, ofCentred, value);
          }
          e.store(dxAt!, resultOffsets[i]!, value);
        });
      });
      for (const pointer of [x, y, dy, dx, constants]) e.step(pointer, BLOCK_BYTES);
    });
  };
}

type Six = [Lanes, Lanes, Lanes, Lanes, Lanes, Lanes];

/**
 * Kernel (x, y, gradient of y, result, constants) for one sample, any windows: the result, before batch norm, is cleared and collects the
 * gradients in window order from +0.
 */
export function channelPassScatter(pass: ChannelPass, gradient: Plane, result: Plane): KernelBody {
  const { input, output, relu, pool } = pass;
  const offsets = windowOffsets(pass);
  const resultOffsets = windowOffsets({ ...pass, input: result });
  const overlapping = pool !== null && pool.stride < pool.kernel;
  return (e, x, y, dy, dx, constants) => {
    const registers = channelRegisters(e, pass);
    const [maximum, arriving, value, centred, here, taken] = Array.from({ length: 6 }, () => e.lanes(BLOCK)) as Six;
    e.step(x, input.origin);
    e.step(y, output.origin);
    e.step(dy, gradient.origin);
    e.step(dx, result.origin);
    e.loop(blocksOf(output.channels), () => {
      registers.load(constants);
      const row = e.pointer(dx);
      e.loop(result.height, () => {
        const at = e.pointer(row);
        e.loop(result.width, () => {
          e.store(at, 0, registers.zero);
          e.step(at, result.pixelBytes);
        });
        e.step(row, result.rowBytes);
      });
      const planes = [
        { pointer: x, plane: input, windowed: true },
        { pointer: y, plane: output, windowed: false },
        { pointer: dy, plane: gradient, windowed: false },
        { pointer: dx, plane: result, windowed: true },
      ];
      overWindows(e, pass, planes, ([xAt, yAt, dyAt, dxAt]) => {
        e.load(arriving, dyAt!, 0);
        e.load(maximum, yAt!, 0);
        if (relu) {
          e.lessOrEqual(here, maximum, registers.zero);
          e.andNot(arriving, arriving, here);
        }
        offsets.forEach((offset, i) => {
          registers.activate(value, xAt!, offset, centred);
          e.equal(here, value, maximum);
          if (i === 0) e.copy(taken, here);
          else {
            e.andNot(here, here, taken);
            e.or(taken, taken, here);
          }
          e.and(value, arriving, here);
          if (overlapping) {
            e.load(centred, dxAt!, resultOffsets[i]!);
            e.add(value, centred, value);
          }
          e.store(dxAt!, resultOffsets[i]!, value);
        });
      });
      for (const pointer of [x, y, dy, dx, constants]) e.step(pointer, BLOCK_BYTES);
    });
  };
}
