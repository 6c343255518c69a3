// A program driven over its standard streams: one JSON request a line in, one JSON reply a line out, in order. So that PyTorch and the
// JavaScript libraries can be measured in turn with the engine, each in a process of its own.
import { type ChildProcess, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';

export interface ChildOptions {
  command: string;
  args: readonly string[];
  /** Added to the environment; undefined takes a variable away. */
  environment?: Readonly<Record<string, string | undefined>>;
}

export class Child {
  readonly #process: ChildProcess;
  readonly #waiting: { resolve: (reply: never) => void; reject: (error: Error) => void }[] = [];
  #ended: Error | null = null;
  readonly #kill = (): void => void this.#process.kill();

  constructor({ command, args, environment = {} }: ChildOptions) {
    const env = Object.fromEntries(Object.entries({ ...process.env, ...environment }).filter(([, value]) => value !== undefined));
    this.#process = spawn(command, args, { env, stdio: ['pipe', 'pipe', 'pipe'] });
    process.once('exit', this.#kill);
    let said = '';
    this.#process.stderr!.on('data', (chunk: Buffer) => {
      said = `${said}${chunk}`.slice(-2000);
    });
    const end = (why: string): void => {
      this.#ended ??= new Error(`${command} ${why}\n${said}`.trim());
      for (const { reject } of this.#waiting.splice(0)) reject(this.#ended);
    };
    this.#process.on('error', (error) => end(`does not start: ${error.message}`));
    this.#process.on('close', (code, signal) => end(`ended with ${signal ?? code}`));
    this.#process.stdin!.on('error', () => {});
    createInterface({ input: this.#process.stdout! }).on('line', (line) => this.#hear(line));
  }

  #hear(line: string): void {
    // Libraries greet on standard output; only lines that are objects are replies.
    if (!line.startsWith('{')) return;
    const reply = JSON.parse(line) as { error?: string };
    const waiting = this.#waiting.shift();
    if (reply.error === undefined) waiting?.resolve(reply as never);
    else waiting?.reject(new Error(reply.error));
  }

  /** Rejects with what the program said where it fails or ends. */
  ask<Reply>(request: object): Promise<Reply> {
    if (this.#ended !== null) return Promise.reject(this.#ended);
    return new Promise((resolve, reject) => {
      this.#waiting.push({ resolve, reject });
      this.#process.stdin!.write(`${JSON.stringify(request)}\n`);
    });
  }

  dispose(): void {
    process.off('exit', this.#kill);
    this.#kill();
  }
}
