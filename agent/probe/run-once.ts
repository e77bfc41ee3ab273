import { spawn } from 'node:child_process';
import { Transient } from '../contract/errors.ts';
import { readJsonLines } from './json-lines.ts';

/**
 * Runs a child that prints one line of JSON and ends, and answers the line.
 *
 * @throws Transient where it ends without one, or has not ended by the deadline; then it is killed with everything it started.
 */
export function runOnce(command: readonly string[], deadlineMs: number, signal: AbortSignal, env = process.env): Promise<unknown> {
  return new Promise((resolve, reject) => {
    const [program = '', ...args] = command;
    // A process group of its own, so that the tools it started die with it.
    const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'ignore'], detached: true, env });
    const kill = (why: string): void => {
      reject(new Transient(why));
      if (child.pid !== undefined && child.exitCode === null && child.signalCode === null) process.kill(-child.pid, 'SIGKILL');
    };
    const stop = (): void => kill('stopped');
    const deadline = setTimeout(() => kill(`no answer within ${deadlineMs} ms`), deadlineMs);
    signal.addEventListener('abort', stop, { once: true });
    if (signal.aborted) stop();
    readJsonLines(child.stdout, resolve);
    child.on('error', (error) => reject(new Transient(error.message, { cause: error })));
    child.on('close', (code, by) => {
      clearTimeout(deadline);
      signal.removeEventListener('abort', stop);
      reject(new Transient(`ended with ${by ?? code} and no answer`));
    });
  });
}
