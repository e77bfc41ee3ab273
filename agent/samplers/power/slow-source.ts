import { messageOf } from '../../contract/errors.ts';
import type { Log } from '../../log.ts';
import type { Component, PowerReading, PowerSource, SourceName } from './source.ts';

/** What a question to a slow source brings. */
export interface SlowAnswer {
  readonly watts: number;
  readonly components: readonly Component[];
}

/** A source that is asked in a child process, at its own period. */
export interface SlowSourceOptions {
  readonly name: SourceName;
  readonly tellsParts: boolean;
  readonly periodMs: number;
  readonly now: () => number;
  readonly log: Log;
  /** Asks once; rejects where there is no answer. */
  ask(this: void): Promise<SlowAnswer>;
  close(this: void): void;
}

const LONGEST_PAUSE_MS = 600_000;
// The clock is read a moment earlier in one round and later in another; a source due at its period must not lose a round to that.
const EARLY = 0.9;

/** A source that never makes anyone wait: it is asked when due, and its answer is handed out once. After failures it is asked ever less. */
export function slowSource({ name, tellsParts, periodMs, now, log, ask, close }: SlowSourceOptions): PowerSource {
  let answer: PowerReading | undefined;
  let asking = false;
  let askedAt = Number.NEGATIVE_INFINITY;
  let pauseMs = periodMs;

  const failed = (error: unknown): void => {
    if (pauseMs === periodMs) log.warn(`node power from ${name}: ${messageOf(error)}`);
    pauseMs = Math.min(pauseMs * 2, LONGEST_PAUSE_MS);
  };
  const askOnce = async (): Promise<void> => {
    asking = true;
    askedAt = now();
    try {
      const got = await ask();
      answer = { at: now(), joules: Number.NaN, ...got };
      pauseMs = periodMs;
    } catch (error) {
      failed(error);
    } finally {
      asking = false;
    }
  };

  const first = askOnce();
  return {
    name,
    counts: false,
    tellsParts,
    periodMs,
    first,
    read(time) {
      const fresh = answer;
      answer = undefined;
      if (!asking && Math.abs(time - askedAt) >= pauseMs * EARLY) void askOnce();
      return fresh;
    },
    close,
  };
}
