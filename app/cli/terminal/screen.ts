// One of the two ends that the command line writes to: its width, its colours, its signs. Results go to one screen, progress to the other.
import { isUnicode, toAscii } from './ascii.ts';
import { coloured, colourless, type Paint } from './paint.ts';

/** What a screen needs of a stream; `process.stdout` and `process.stderr` are such. */
export interface Terminal extends NodeJS.WritableStream {
  isTTY?: boolean;
  columns?: number;
  rows?: number;
}

export type ColorMode = 'never' | 'auto' | 'always';

export const colorModes: readonly ColorMode[] = ['never', 'auto', 'always'];

export interface ScreenSettings {
  color: ColorMode;
  environment: Record<string, string | undefined>;
  platform: string;
}

export interface Screen {
  readonly stream: Terminal;
  /** True where text may be redrawn in place: a terminal, not a pipe or a file. */
  readonly live: boolean;
  /** Columns to use, 80 to 120, as the window is now; 80 in a pipe. */
  readonly width: number;
  readonly paint: Paint;
  /** The text as this screen can show it: unchanged, or in ASCII. */
  render(text: string): string;
  /** Writes one line, or several. */
  line(text?: string): void;
}

const [narrowest, widest] = [80, 120];

export function createScreen(stream: Terminal, settings: ScreenSettings): Screen {
  const { environment } = settings;
  const live = stream.isTTY === true && environment.TERM !== 'dumb';
  // NO_COLOR counts where it is not empty (no-color.org); an explicit --color is stronger.
  const colours = settings.color === 'always' || (settings.color === 'auto' && live && !environment.NO_COLOR);
  const unicode = isUnicode(environment, settings.platform);
  const render = (text: string): string => (unicode ? text : toAscii(text));
  return {
    stream,
    live,
    get width() {
      return Math.min(widest, Math.max(narrowest, stream.columns ?? narrowest));
    },
    paint: colours ? coloured : colourless,
    render,
    line(text = '') {
      stream.write(`${render(text)}\n`);
    },
  };
}
