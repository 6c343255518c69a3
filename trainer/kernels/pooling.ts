// Pooling through any windows at all: cut by an edge, dilated, of two lengths, of sizes that differ. Where each window begins and how long it is
// stands in tables, so the code is short whatever the windows. Square ones that are all whole have faster ways (channelPass.ts, smoothPass.ts).
import type { Pooling } from '../layers/windows.ts';
import type { Emitter, Pointer } from './emit/emitter.ts';
import type { KernelBody } from './emit/kernels.ts';
import { BLOCK, BLOCK_BYTES, blocksOf, type Plane } from './plane.ts';

/** Words of the tables: first pixel and number of pixels of each window, rows then columns; then a share for each output, as floats. */
export function tableWords({ output: [, height, width] }: Pooling): number {
  return 2 * (height + width) + height * width;
}

/** Fills the tables, which begin at word `at`. */
export function fillTables({ rows, columns }: Pooling, at: number, words: Uint32Array, floats: Float32Array): void {
  let to = at;
  for (const { first, count } of [...rows.spans, ...columns.spans]) {
    words[to++] = first;
    words[to++] = count;
  }
  for (const down of rows.divisors) for (const across of columns.divisors) floats[to++] = 1 / (down * across);
}

interface Walked {
  /** To pixel (0, 0). */
  pointer: Pointer;
  plane: Plane;
}

interface Walk {
  pooling: Pooling;
  tables: Pointer;
  /** Planes that windows lie in, and planes of outputs. */
  windowed: readonly Walked[];
  outputs: readonly Walked[];
}

interface Window {
  /** The output's pixel in each plane of outputs. */
  output: readonly Pointer[];
  /** To the output's share. */
  share: Pointer;
  /** Runs over the window's pixels in order, one pointer into each windowed plane. */
  pixels(body: (at: readonly Pointer[]) => void): void;
}

/** Walks over the outputs in order. */
function overOutputs(e: Emitter, { pooling, tables, windowed, outputs }: Walk, body: (window: Window) => void): void {
  const {
    rows,
    columns,
    output: [, height, width],
  } = pooling;
  const [rowAt, columnsAt, share] = [e.pointer(tables), e.pointer(tables, 8 * height), e.pointer(tables, 8 * (height + width))];
  const outputRows = outputs.map(({ pointer }) => e.pointer(pointer));
  /** A pointer `count` pixels or rows on, the count being what `table` says at `offset`. */
  const onward = (from: Pointer, table: Pointer, bytes: number) => {
    const [to, distance] = [e.pointer(from), e.pointer(0)];
    e.loadWord(distance, table, 0);
    e.multiply(distance, distance, bytes);
    e.step(to, distance);
    return to;
  };
  e.loop(height, () => {
    const lines = windowed.map(({ pointer, plane }) => onward(pointer, rowAt, plane.rowBytes));
    const down = e.pointer(0);
    e.loadWord(down, rowAt, 4);
    const columnAt = e.pointer(columnsAt);
    const output = outputRows.map((row) => e.pointer(row));
    e.loop(width, () => {
      const corners = lines.map((line, i) => onward(line, columnAt, windowed[i]!.plane.pixelBytes));
      const across = e.pointer(0);
      e.loadWord(across, columnAt, 4);
      body({
        output,
        share,
        pixels(pixel) {
          e.scope(() => {
            const line = corners.map((corner) => e.pointer(corner));
            e.loop(down, () => {
              const at = line.map((pointer) => e.pointer(pointer));
              e.loop(across, () => {
                pixel(at);
                at.forEach((pointer, i) => {
                  e.step(pointer, windowed[i]!.plane.pixelBytes * columns.dilation);
                });
              });
              line.forEach((pointer, i) => {
                e.step(pointer, windowed[i]!.plane.rowBytes * rows.dilation);
              });
            });
          });
        },
      });
      output.forEach((pointer, i) => {
        e.step(pointer, outputs[i]!.plane.pixelBytes);
      });
      e.step(columnAt, 8);
      e.step(share, 4);
    });
    outputRows.forEach((row, i) => {
      e.step(row, outputs[i]!.plane.rowBytes);
    });
    e.step(rowAt, 8);
  });
}

/** `body` for each block of channels; the planes' pointers go from their first byte to pixel (0, 0), then from block to block. */
function overBlocks(e: Emitter, planes: readonly Walked[], channels: number, body: () => void): void {
  for (const { pointer, plane } of planes) e.step(pointer, plane.origin);
  e.loop(blocksOf(channels), () => {
    body();
    for (const { pointer } of planes) e.step(pointer, BLOCK_BYTES);
  });
}

function clear(e: Emitter, { pointer, plane }: Walked): void {
  e.scope(() => {
    const zero = e.uniform(BLOCK, 0);
    const row = e.pointer(pointer);
    e.loop(plane.height, () => {
      const at = e.pointer(row);
      e.loop(plane.width, () => {
        e.store(at, 0, zero);
        e.step(at, plane.pixelBytes);
      });
      e.step(row, plane.rowBytes);
    });
  });
}

/** Kernel (x, y, tables) for one sample: means. */
export function averageWindows(pooling: Pooling, input: Plane, output: Plane): KernelBody {
  return (e, x, y, tables) => {
    const [sum, value] = [e.lanes(BLOCK), e.lanes(BLOCK)];
    const [from, to] = [
      { pointer: x, plane: input },
      { pointer: y, plane: output },
    ];
    overBlocks(e, [from, to], input.channels, () => {
      overOutputs(e, { pooling, tables, windowed: [from], outputs: [to] }, (window) => {
        e.zero(sum);
        window.pixels(([at]) => {
          e.load(value, at!, 0);
          e.add(sum, sum, value);
        });
        e.splat(value, window.share, 0);
        e.times(sum, sum, value);
        e.store(window.output[0]!, 0, sum);
      });
    });
  };
}

/** Kernel (x, y, tables) for one sample: maxima. */
export function maximumOfWindows(pooling: Pooling, input: Plane, output: Plane): KernelBody {
  return (e, x, y, tables) => {
    const [best, value, unordered, mask] = [e.lanes(BLOCK), e.lanes(BLOCK), e.lanes(BLOCK), e.lanes(BLOCK)];
    const lowest = e.uniform(BLOCK, Number.NEGATIVE_INFINITY);
    const [from, to] = [
      { pointer: x, plane: input },
      { pointer: y, plane: output },
    ];
    overBlocks(e, [from, to], input.channels, () => {
      overOutputs(e, { pooling, tables, windowed: [from], outputs: [to] }, (window) => {
        e.copy(best, lowest);
        e.zero(unordered);
        window.pixels(([at]) => {
          e.load(value, at!, 0);
          e.notEqual(mask, value, value);
          e.or(unordered, unordered, mask);
          e.pseudoMax(best, best, value);
        });
        // A NaN that was not the running value has vanished from the maximum: all bits set are one.
        e.or(best, best, unordered);
        e.store(window.output[0]!, 0, best);
      });
    });
  };
}

/** Kernel (gradient of y, result, tables) for one sample: the result is cleared and collects shares in window order. */
export function averageWindowsGradient(pooling: Pooling, gradient: Plane, result: Plane): KernelBody {
  const overlap = pooling.rows.overlap || pooling.columns.overlap;
  return (e, dy, dx, tables) => {
    const [part, value] = [e.lanes(BLOCK), e.lanes(BLOCK)];
    const [from, to] = [
      { pointer: dy, plane: gradient },
      { pointer: dx, plane: result },
    ];
    overBlocks(e, [from, to], result.channels, () => {
      clear(e, to);
      overOutputs(e, { pooling, tables, windowed: [to], outputs: [from] }, (window) => {
        e.load(part, window.output[0]!, 0);
        e.splat(value, window.share, 0);
        e.times(part, part, value);
        window.pixels(([at]) => {
          if (!overlap) return e.store(at!, 0, part);
          e.load(value, at!, 0);
          e.add(value, value, part);
          e.store(at!, 0, value);
        });
      });
    });
  };
}

/** Kernel (x, y, gradient of y, result, tables) for one sample: each gradient goes to the first pixel that equals the maximum. */
export function maximumOfWindowsGradient(pooling: Pooling, input: Plane, output: Plane, gradient: Plane, result: Plane): KernelBody {
  const overlap = pooling.rows.overlap || pooling.columns.overlap;
  return (e, x, y, dy, dx, tables) => {
    const [best, arriving, value, here, taken] = [e.lanes(BLOCK), e.lanes(BLOCK), e.lanes(BLOCK), e.lanes(BLOCK), e.lanes(BLOCK)];
    const [read, to] = [
      { pointer: x, plane: input },
      { pointer: dx, plane: result },
    ];
    const outputs = [
      { pointer: y, plane: output },
      { pointer: dy, plane: gradient },
    ];
    overBlocks(e, [read, to, ...outputs], result.channels, () => {
      clear(e, to);
      overOutputs(e, { pooling, tables, windowed: [read, to], outputs }, (window) => {
        e.load(best, window.output[0]!, 0);
        e.load(arriving, window.output[1]!, 0);
        e.zero(taken);
        window.pixels(([xAt, dxAt]) => {
          e.load(value, xAt!, 0);
          e.equal(here, value, best);
          e.andNot(here, here, taken);
          e.or(taken, taken, here);
          e.and(here, arriving, here);
          if (overlap) {
            e.load(value, dxAt!, 0);
            e.add(here, value, here);
          }
          e.store(dxAt!, 0, here);
        });
      });
    });
  };
}
