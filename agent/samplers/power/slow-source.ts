import { messageOf } from '../../contract/errors.ts';
import type { Log } from '../../log.ts';
import type { Pace } from './pace.ts';
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
  /** Its period, and what it has earned by failing; outlives the source. */
  readonly pace: Pace;
  readonly now: () => number;
  readonly log: Log;
  /** Asks once; rejects where there is no answer. */
  ask(this: void): Promise<SlowAnswer>;
  close(this: void): void;
}

/** A source that never makes anyone wait: it is asked when due, and its answer is handed out once. After failures it is asked ever less. */
export function slowSource({ name, tellsParts, pace, now, log, ask, close }: SlowSourceOptions): PowerSource {
  let answer: PowerReading | undefined;
  let asking = false;

  const askOnce = async (): Promise<void> => {
    asking = true;
    pace.asked(now());
    try {
      const got = await ask();
      answer = { at: now(), joules: Number.NaN, ...got };
      pace.worked();
    } catch (error) {
      if (pace.failed()) log.warn(`node power from ${name}: ${messageOf(error)}`);
    } finally {
      asking = false;
    }
  };

  const first = pace.isDue(now()) ? askOnce() : Promise.resolve();
  return {
    name,
    counts: false,
    tellsParts,
    periodMs: pace.periodMs,
    first,
    read(time) {
      const fresh = answer;
      answer = undefined;
      if (!asking && pace.isDue(time)) void askOnce();
      return fresh;
    },
    close,
  };
}
