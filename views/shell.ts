// What the server tells every page it renders, and the frame of a page: the two inputs of the layout besides the body.
import type { Moment } from '../app/ledger/moment.ts';

/** Of one response. Pages hand it through to the layout and to live regions. */
export interface Shell {
  /** Marks scripts and htmx attributes as ours; new for each response. */
  nonce: string;
  /** URL of a file by its name among the assets, e.g. `styles/tokens.css`, `browser/selection.ts`. */
  asset: (name: string) => string;
  /** Newest committed position when the page was rendered. */
  position: number;
  /** The event as of which the page shows everything; null for the present. */
  at: PageMoment | null;
}

/** The moment that a page of the past shows. */
export interface PageMoment extends Moment {
  /** Address of the same page in the present. */
  present: string;
}

/** The pages of the top bar. */
export type Section = 'runs' | 'compare' | 'ablations' | 'sql';
