// Asks a question that is answered by yes or no; only where somebody sits at a terminal.
import type { CliContext } from '../context.ts';

/** Enter is yes. False once `signal` aborts, or the input ends. */
export async function askYes({ host, err }: Pick<CliContext, 'host' | 'err'>, question: string, signal: AbortSignal): Promise<boolean> {
  const { createInterface } = await import('node:readline/promises');
  const reading = createInterface({ input: host.stdin, output: err.stream as unknown as NodeJS.WritableStream, terminal: false });
  try {
    const closed = new Promise<null>((resolve) => reading.once('close', () => resolve(null)));
    const answer = await Promise.race([reading.question(question, { signal }), closed]);
    return answer !== null && !/^n/i.test(answer.trim());
  } catch (error) {
    if (signal.aborted) return false;
    throw error;
  } finally {
    reading.close();
  }
}

/** Whether there is somebody to ask. */
export const canAsk = ({ host, err }: Pick<CliContext, 'host' | 'err'>): boolean => host.stdin.isTTY === true && err.live;
