// Backward through ReLU and max pooling for windows that overlap or leave pixels out, any shape: the gradients of one plane are collected
// window by window. Windows that tile the plane have a faster way (channelPassGradient.ts).
import { type ChannelPass, channelRegisters, overWindows, windowOffsets } from './channelPass.ts';
import type { Lanes } from './emit/emitter.ts';
import type { KernelBody } from './emit/kernels.ts';
import { BLOCK, BLOCK_BYTES, blocksOf, type Plane } from './plane.ts';

type Six = [Lanes, Lanes, Lanes, Lanes, Lanes, Lanes];

/**
 * Kernel (x, y, gradient of y, result, constants) for one sample, any windows: the result, before batch norm, is cleared and collects the
 * gradients in window order from +0.
 */
export function channelPassScatter(pass: ChannelPass, gradient: Plane, result: Plane): KernelBody {
  const { input, output, relu, pool } = pass;
  const offsets = windowOffsets({ ...pass, input: result });
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
          registers.activate(value, centred, i, xAt!);
          e.equal(here, value, maximum);
          if (i === 0) e.copy(taken, here);
          else {
            e.andNot(here, here, taken);
            e.or(taken, taken, here);
          }
          e.and(value, arriving, here);
          if (overlapping) {
            e.load(centred, dxAt!, offset);
            e.add(value, centred, value);
          }
          e.store(dxAt!, offset, value);
        });
      });
      for (const pointer of [x, y, dy, dx, constants]) e.step(pointer, BLOCK_BYTES);
    });
  };
}
