// The first guard: a request must name this machine. It stops DNS rebinding, where a foreign page's name points at loopback.
import { hostname, networkInterfaces } from 'node:os';
import type { MiddlewareHandler } from 'hono';
import { RunledgerError } from '../../../trainer/errors.ts';
import type { WebEnv } from '../deps.ts';

const loopback = ['127.0.0.1', 'localhost', '[::1]'];

/** Whether an address answers this machine alone. */
export function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || /^127(\.\d{1,3}){3}$/.test(host);
}

/** Names a server bound to `host` goes by: loopback's, and beyond loopback also the machine's own. */
export function hostNames(host: string): string[] {
  if (isLoopback(host)) return [...loopback, inUrl(host)];
  const addresses = Object.values(networkInterfaces()).flatMap((list) => (list ?? []).map(({ address }) => inUrl(address)));
  return [...loopback, inUrl(host), hostname().toLowerCase(), ...addresses];
}

/** IPv6 addresses stand in brackets in a URL. */
export function inUrl(host: string): string {
  return host.includes(':') ? `[${host}]` : host.toLowerCase();
}

/** Refuses with `web.host` when the Host header names another machine. */
export function guardHost(allowed: string[]): MiddlewareHandler<WebEnv> {
  const names = new Set(allowed);
  return async (context, next) => {
    const host = context.req.header('Host') ?? new URL(context.req.url).host;
    const name = host.replace(/:\d+$/, '').toLowerCase();
    if (!names.has(name))
      throw new RunledgerError('web.host', `This server does not go by the name “${name}”.`, {
        help: `Open it under one of its own names: ${[...names].join(', ')}`,
      });
    await next();
  };
}
