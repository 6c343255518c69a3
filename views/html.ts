// What a view gives back: markup with every value escaped. `html` comes from Hono, so that one import serves all views.
import { html, raw } from 'hono/html';

export { html, raw };

/** Escaped markup; a promise only where a promise was interpolated. */
export type Html = ReturnType<typeof html>;

/** Nothing, as markup. */
export const nothing: Html = raw('');
