import { setImmediate as nextTurn } from 'node:timers/promises';

/** Keeps a long evaluation from holding its thread: whether it has been aborted is noticed soon, and messages that say so arrive. */
export interface Pace {
  /** Counts work done, of which 1 is about a millisecond; true where it is time to pause. Throws the signal's reason. */
  due(work: number): boolean;
  /** Lets the event loop turn; throws the signal's reason. */
  pause(): Promise<void>;
}

const LONGEST_TURN_MS = 10;

/** The pace of one evaluation. */
export function createPace(signal: AbortSignal): Pace {
  let done = 0;
  let since = performance.now();
  return {
    due(work) {
      done += work;
      if (done < 1) return false;
      done = 0;
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

/** Calls `work` for all steps in stretches that take about a millisecond, with pauses between them where they are due. */
export async function inTurns(pace: Pace, count: number, stretch: number, work: (from: number, to: number) => void): Promise<void> {
  for (let from = 0; from < count; from += stretch) {
    const to = Math.min(count, from + stretch);
    work(from, to);
    if (pace.due((to - from) / stretch)) await pace.pause();
  }
}
