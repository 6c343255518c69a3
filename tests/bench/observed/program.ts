// Runs a program of the benchmark in a process of its own and gives what it wrote.
import { spawn } from 'node:child_process';

/** Rejects where the program fails. */
export function runProgram(args: readonly string[], environment: NodeJS.ProcessEnv = process.env): Promise<{ out: string; err: string }> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, args, { env: environment, stdio: ['ignore', 'pipe', 'pipe'] });
    let [out, err] = ['', ''];
    child.stdout.on('data', (chunk: Buffer) => {
      out += chunk;
    });
    child.stderr.on('data', (chunk: Buffer) => {
      err += chunk;
    });
    child.on('error', reject);
    child.on('close', (code) => {
      if (code === 0) resolve({ out, err });
      else reject(new Error(`${args.join(' ')} ended with ${code}\n${err}`));
    });
  });
}
