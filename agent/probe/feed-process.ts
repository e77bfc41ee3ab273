import { spawn } from 'node:child_process';
import { openCallFile } from './feed-call.ts';
import { readJsonLines } from './json-lines.ts';

/** A feed's child, as the feed handles it. */
export interface FeedProcess {
  /** Sends a signal; SIGKILL to what the child started, too. */
  signal(signal: 'SIGTERM' | 'SIGKILL'): void;
  /** Closes its input, at which it ends by itself. */
  end(): void;
  /** The call into a driver that it is in, or was in when it died; empty where it is in none. */
  call(): string;
  /** Resolves when it has ended or could not be started, with how: `ended with SIGSEGV in nvmlInit_v2`. */
  readonly ended: Promise<string>;
  /** Lets the agent end although the child has not. */
  abandon(): void;
}

/** What a child is started with, and who is told what it says. */
export interface FeedStart {
  /** Program and arguments. */
  readonly command: readonly string[];
  /** Written to its input as the first line. */
  readonly config: unknown;
  readonly line: (line: object) => void;
}

/** Starts a child that writes lines of JSON until its input is closed. */
export function startFeedProcess({ command, config, line }: FeedStart): FeedProcess {
  const [program = '', ...args] = command;
  const calls = openCallFile();
  // A process group of its own: an interrupt typed at the agent is not for the child, and the tools it started die with it.
  const child = spawn(program, args, { stdio: ['pipe', 'pipe', 'inherit', calls.fd], detached: true });
  const { stdin, stdout } = child;
  let alive = true;
  const ended = new Promise<string>((resolve) => {
    const end = (why: string): void => {
      if (!alive) return;
      alive = false;
      const call = calls.read();
      calls.close();
      resolve(call === '' ? why : `${why} in ${call}`);
    };
    child.on('error', (error) => end(error.message));
    child.on('exit', (code, signal) => end(`ended with ${signal ?? code}`));
  });
  // A broken pipe is a child that has gone, and `exit` says so.
  stdin?.on('error', () => undefined);
  stdin?.write(`${JSON.stringify(config)}\n`);
  if (stdout !== null) readJsonLines(stdout, line);
  return {
    signal(signal) {
      if (!alive || child.pid === undefined) return;
      process.kill(signal === 'SIGKILL' ? -child.pid : child.pid, signal);
    },
    end: () => void stdin?.end(),
    call: () => calls.read(),
    ended,
    abandon() {
      child.unref();
      stdout?.destroy();
      stdin?.destroy();
      calls.close();
    },
  };
}
