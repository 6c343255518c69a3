// Where the pages are, unless the user says otherwise: what `serve` binds and reports point at.
import { resolve } from 'node:path';
import type { CliContext } from './context.ts';

export const defaultAddress = { host: '127.0.0.1', port: 4242 } as const;

/** Address of a run's page, as of an event where one is given; eight digits of its id are enough. */
export function runPage(runId: string, at?: number): string {
  return `http://${defaultAddress.host}:${defaultAddress.port}/runs/${runId.slice(0, 8)}${at === undefined ? '' : `?at=${at}`}`;
}

const patienceMs = 500;
/** Of a report's facts. */
const labelWidth = 15;

/** Whether somebody serves that page at this moment. */
export async function isServed(url: string): Promise<boolean> {
  const { request } = await import('node:http');
  return new Promise((answer) => {
    const asking = request(url, { method: 'HEAD', agent: false, timeout: patienceMs }, (response) => {
      response.resume();
      answer((response.statusCode ?? 500) < 400);
    });
    asking.on('timeout', () => asking.destroy());
    asking.on('error', () => answer(false));
    asking.on('close', () => answer(false));
    asking.end();
  });
}

/** What stands under the address of a run's page: nothing where it is served, else how to serve it. */
export async function pageHint(context: Pick<CliContext, 'ledger' | 'host' | 'out'>, runId: string): Promise<string[]> {
  return (await isServed(runPage(runId)))
    ? []
    : [`${' '.repeat(labelWidth)}${context.out.paint.muted('served by')}  ${serveCommand(context)}`];
}

/** To paste. */
function serveCommand({ ledger, host: { workingFolder, environment } }: Pick<CliContext, 'ledger' | 'host'>): string {
  const usual = resolve(workingFolder, environment.RUNLEDGER || 'runledger');
  return ledger === usual ? 'runledger serve' : `runledger serve --ledger ${/\s/.test(ledger) ? JSON.stringify(ledger) : ledger}`;
}
