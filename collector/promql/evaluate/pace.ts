import { setImmediate as nextTurn } from 'node:timers/promises';

/** Keeps a long evaluation from holding its thread: whether it has been aborted is noticed soon, and messages that say so arrive. */
export interface Pace {
  /** Counts windows worked through; true where it is time to pause. Throws the signal's reason. */
  due(windows: number): boolean;
  /** Lets the event loop turn; throws the signal's reason. */
  pause(): Promise<void>;
}

/** Windows between two looks at the clock: a few hundred microseconds of work. */
const WINDOWS_BETWEEN_LOOKS = 4096;

const LONGEST_TURN_MS = 10;

/** The pace of one evaluation. */
export function createPace(signal: AbortSignal): Pace {
  let windows = 0;
  let since = performance.now();
  return {
    due(more) {
      windows += more;
      if (windows < WINDOWS_BETWEEN_LOOKS) return false;
      windows = 0;
      signal.throwIfAborted();
      return performance.now() - since >= LONGEST_TURN_MS;
    },
    async pause() {
      await nextTurn();
      signal.throwIfAborted();
      since = performance.now();
    },
  };
}

/** Calls `work` for stretches of `count` steps, with pauses between them where they are due. */
export async function inTurns(pace: Pace, count: number, stretch: number, work: (from: number, to: number) => void): Promise<void> {
  for (let from = 0; from < count; from += stretch) {
    const to = Math.min(count, from + stretch);
    work(from, to);
    if (pace.due(to - from)) await pace.pause();
  }
}
