// The block of lines that changes in place while something runs: at most four redraws a second, warnings above it. A pipe gets plain lines instead.
import type { Screen } from './screen.ts';
import { cut } from './width.ts';

export interface Progress {
  /** Puts these lines in place of the last ones, now or within a quarter of a second. In a pipe nothing happens. */
  show(lines: () => readonly string[]): void;
  /** A warning or a fact to keep: printed once, above the block; in a pipe a line. */
  note(text: string): void;
  /** A line for pipes only, e.g. one an epoch. */
  log(text: string): void;
  /** Leaves these lines in place of the block, none by default. */
  end(lines?: readonly string[]): void;
}

const redrawMs = 250;

/** The lines are cut to the screen, so that none wraps. `clock` gives milliseconds. What redraws is loaded for a terminal only. */
export async function createProgress(screen: Screen, clock: () => number): Promise<Progress> {
  if (!screen.live) {
    return {
      show: () => {},
      note: screen.line,
      log: screen.line,
      end(lines = []) {
        for (const text of lines) screen.line(text);
      },
    };
  }
  const { createLogUpdate } = await import('log-update');
  const update = createLogUpdate(screen.stream);
  let compose: (() => readonly string[]) | null = null;
  let drawnAt = Number.NEGATIVE_INFINITY;
  let timer: NodeJS.Timeout | null = null;

  const frame = (lines: readonly string[]): string =>
    lines.map((text) => screen.render(cut(text, screen.stream.columns ?? screen.width))).join('\n');
  const draw = (): void => {
    timer = null;
    if (compose === null) return;
    drawnAt = clock();
    update(frame(compose()));
  };
  return {
    show(lines) {
      compose = lines;
      const due = drawnAt + redrawMs - clock();
      if (due <= 0) draw();
      else timer ??= setTimeout(draw, due);
    },
    note(text) {
      update.persist(screen.render(text));
      if (compose !== null) update(frame(compose()));
    },
    log: () => {},
    end(lines = []) {
      if (timer !== null) clearTimeout(timer);
      timer = null;
      compose = null;
      update.clear();
      for (const text of lines) screen.line(text);
      update.done();
    },
  };
}
