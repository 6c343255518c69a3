// What every response carries: a fresh nonce, the headers that keep a page to itself, and the Shell that views render with.
import { randomBytes } from 'node:crypto';
import type { MiddlewareHandler } from 'hono';
import { assetUrl } from './assets.ts';
import type { PageDeps, WebEnv } from './deps.ts';

/** Sets `shell` for the pages and the security headers of the response. */
export function provideShell(deps: PageDeps): MiddlewareHandler<WebEnv> {
  const newest = deps.database.prepare<[], number>('SELECT position FROM v1_events ORDER BY position DESC LIMIT 1').pluck();
  return async (context, next) => {
    const nonce = randomBytes(16).toString('base64');
    context.set('shell', { nonce, asset: assetUrl, position: newest.get() ?? 0, at: null });
    await next();
    const { headers } = context.res;
    headers.set('Content-Security-Policy', contentPolicy(nonce));
    headers.set('X-Content-Type-Options', 'nosniff');
    headers.set('X-Frame-Options', 'DENY');
    headers.set('Referrer-Policy', 'same-origin');
    headers.set('Cross-Origin-Opener-Policy', 'same-origin');
    headers.set('Cross-Origin-Resource-Policy', 'same-origin');
    if (!headers.has('Cache-Control')) headers.set('Cache-Control', 'no-store');
  };
}

/** Files of our own only: no inline script or style, no framing, no form that leaves. */
function contentPolicy(nonce: string): string {
  return [
    "default-src 'none'",
    `script-src 'self' 'nonce-${nonce}'`,
    "style-src 'self'",
    "img-src 'self' data:",
    "connect-src 'self'",
    "form-action 'self'",
    "base-uri 'none'",
    "frame-ancestors 'none'",
  ].join('; ');
}
