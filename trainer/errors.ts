// The one family of errors: a code to branch on, a message with the value received, help with the command or field that repairs it.

export interface ErrorDetails {
  /** What to do, a command to paste where there is one. */
  help?: string | undefined;
  /** Where: a path, a field, a file and line. */
  place?: string | undefined;
  cause?: unknown;
}

export class RunledgerError extends Error {
  /** Dotted, e.g. `recipe.shape`, `dataset.missing`, `ledger.conflict`, `usage`. */
  readonly code: string;
  readonly help: string | undefined;
  readonly place: string | undefined;

  constructor(code: string, message: string, details: ErrorDetails = {}) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause });
    this.name = 'RunledgerError';
    this.code = code;
    this.help = details.help;
    this.place = details.place;
  }
}
