// What cannot work as it stands, and the way out.

export interface Fault {
  message: string;
  /** What repairs it. */
  help: string;
}
