import { spawn } from 'node:child_process';
import { commandEnv } from '../command/run-command.ts';

/** A program that prints lines for as long as it lives. */
export interface LineStream {
  /** Whether it lives. */
  alive(): boolean;
  /** Resolves to false when it has ended. */
  readonly ended: Promise<false>;
  /** How it ended, with what it said last on standard error; for a message. */
  lastWords(): string;
  /** Asks it to end, and kills it half a second later. Safe to call twice. */
  end(): void;
}

/** What a stream is started with; the signal ends it. */
export interface LineStreamStart {
  readonly program: string;
  readonly args: readonly string[];
  /** Takes a whole line, and answers whether it was one that it expects. */
  readonly heard: (line: string) => boolean;
  readonly signal: AbortSignal;
}

const LINE_MAX = 1 << 16;
const WORDS_MAX = 300;
const KILL_MS = 500;

/** Starts a program without a shell, in English and UTC, and cuts what it prints into lines. */
export function startLineStream({ program, args, heard, signal }: LineStreamStart): LineStream {
  const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'pipe'], env: commandEnv() });
  let alive = true;
  let words = '';
  let rest = '';
  let how = '';
  let force: NodeJS.Timeout | undefined;

  const say = (text: string): void => void (words = `${words} ${text}`.replaceAll(/\s+/g, ' ').trim().slice(-WORDS_MAX));
  const end = (): void => {
    if (!alive || force !== undefined) return;
    child.kill('SIGTERM');
    force = setTimeout(() => child.kill('SIGKILL'), KILL_MS);
  };
  const ended = new Promise<false>((resolve) => {
    const gone = (why: string): void => {
      if (!alive) return;
      alive = false;
      how = why;
      clearTimeout(force);
      signal.removeEventListener('abort', end);
      resolve(false);
    };
    child.on('error', (error) => gone(error.message));
    // `close` comes after the last line; a grandchild may hold the pipe open for ever, so `exit` is given a moment.
    child.on('close', (code, by) => gone(`ended with ${by ?? code}`));
    child.on('exit', (code, by) => setTimeout(() => gone(`ended with ${by ?? code}`), KILL_MS).unref());
  });
  signal.addEventListener('abort', end, { once: true });
  if (signal.aborted) end();
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
    const lines = (rest + chunk).split('\n');
    rest = lines.pop() ?? '';
    if (rest.length > LINE_MAX) rest = '';
    for (const line of lines) {
      // What it has to complain of comes on either output.
      if (!heard(line.trimEnd())) say(line);
    }
  });
  child.stderr.setEncoding('utf8').on('data', say);
  return {
    alive: () => alive,
    lastWords: () => (words === '' ? how : `${how}: ${words}`),
    ended,
    end,
  };
}
