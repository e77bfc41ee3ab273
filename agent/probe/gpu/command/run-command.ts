import { spawn } from 'node:child_process';
import { Transient } from '../../../contract/errors.ts';

/** What a command printed, and how it ended. */
export interface CommandOutput {
  readonly stdout: string;
  readonly stderr: string;
  /** Exit code; null where a signal ended it. */
  readonly code: number | null;
}

/** Runs one program, one run at a time. */
export interface CommandRunner {
  /**
   * Runs it without a shell, in English and UTC.
   *
   * @throws Transient where it cannot be started, prints more than 4 MiB, has not ended by the deadline (then it is asked to end,
   *   and killed half a second later), or is still there from a run that hung.
   */
  run(args: readonly string[], deadlineMs: number): Promise<CommandOutput>;
}

/** What every tool is run with: decimal points and English words, and times without a summer time. */
export const commandEnv = (): NodeJS.ProcessEnv => ({ ...process.env, LC_ALL: 'C', TZ: 'UTC' });

const OUTPUT_MAX = 4 << 20;
const KILL_MS = 500;

/** A runner of the program at a real path; `signal` ends what runs. */
export function openCommandRunner(program: string, signal: AbortSignal): CommandRunner {
  let running: string | undefined;
  return {
    run(args, deadlineMs) {
      const shown = [program, ...args].join(' ');
      if (running !== undefined) return Promise.reject(new Transient(`${running} still hangs`));
      if (signal.aborted) return Promise.reject(new Transient('stopped'));
      return new Promise((resolve, reject) => {
        running = shown;
        // In the group of this process, so that whoever kills that group leaves nothing behind.
        const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'pipe'], env: commandEnv() });
        const out = { stdout: '', stderr: '' };
        let force: NodeJS.Timeout | undefined;
        const giveUp = (why: string): void => {
          reject(new Transient(why));
          child.kill('SIGTERM');
          force ??= setTimeout(() => child.kill('SIGKILL'), KILL_MS);
        };
        const stop = (): void => giveUp('stopped');
        const deadline = setTimeout(() => giveUp(`${shown} has not ended within ${deadlineMs} ms`), deadlineMs);
        const gone = (): void => {
          running = undefined;
          clearTimeout(deadline);
          clearTimeout(force);
          signal.removeEventListener('abort', stop);
        };
        for (const name of ['stdout', 'stderr'] as const) {
          child[name].setEncoding('utf8').on('data', (chunk: string) => {
            if (out[name].length < OUTPUT_MAX) out[name] += chunk;
            else giveUp(`${shown} prints without end`);
          });
        }
        signal.addEventListener('abort', stop, { once: true });
        child.on('error', (error) => {
          gone();
          reject(new Transient(error.message, { cause: error }));
        });
        child.on('exit', gone);
        child.on('close', (code) => resolve({ ...out, code }));
      });
    },
  };
}

/** What a tool said, shortened to a line, for a message. */
export function saidBy({ stdout, stderr, code }: CommandOutput): string {
  const said = `${stderr} ${stdout}`.replaceAll(/\s+/g, ' ').trim().slice(0, 200);
  return said === '' ? `it ended with ${code} and no word` : said;
}
