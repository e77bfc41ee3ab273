import { setTimeout as sleep } from 'node:timers/promises';
import { messageOf } from '../contract/errors.ts';
import { noteCalls } from './feed-call.ts';
import type { FeedLine, FeedReading } from './feed.ts';
import { readJsonLines } from './json-lines.ts';

/** What the child's side of a feed works with. */
export interface FeedSurroundings<Reading extends FeedReading> {
  /** Writes a line for the agent. */
  readonly say: (line: FeedLine<Reading>) => void;
  /** Notes the call into a driver that comes next, so that the agent can name the one that hangs; empty when it is over. */
  readonly calling: (call: string) => void;
  /** Ends when the child is to end. */
  readonly signal: AbortSignal;
}

// Less than the agent waits before it kills: a driver that is let go in order leaves its card in order.
const CLOSE_MS = 1000;

/**
 * The child's side of a feed: reads its configuration from the first line of its input and runs `feed` until the input is closed or
 * it is asked to end; then waits a second for `feed` to let go of what it holds.
 */
export function runFeed<Reading extends FeedReading>(
  feed: (config: unknown, surroundings: FeedSurroundings<Reading>) => Promise<void>,
): void {
  const ending = new AbortController();
  let running: Promise<void> | undefined;
  const end = async (code: number): Promise<void> => {
    ending.abort();
    await Promise.race([running, sleep(CLOSE_MS)]);
    // A call that hangs holds its thread, and with it a process that only runs out of work.
    process.exit(code);
  };
  const say = (line: FeedLine<Reading>): void => void process.stdout.write(`${JSON.stringify(line)}\n`);
  readJsonLines(process.stdin, (config) => {
    running ??= feed(config, { say, calling: noteCalls(), signal: ending.signal }).catch((error: unknown) => {
      process.stderr.write(`vigie-agent: probe: ${messageOf(error)}\n`);
      process.exit(1);
    });
  });
  process.stdin.on('end', () => void end(0));
  process.on('SIGTERM', () => void end(0));
  // The agent has gone: nobody is left to be told anything.
  process.stdout.on('error', () => void end(1));
}
