// Where the pages are, unless the user says otherwise: what `serve` binds and reports point at.

export const defaultAddress = { host: '127.0.0.1', port: 4242 } as const;

/** Address of a run's page; eight digits of its id are enough. */
export function runPage(runId: string): string {
  return `http://${defaultAddress.host}:${defaultAddress.port}/runs/${runId.slice(0, 8)}`;
}
