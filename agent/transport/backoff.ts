/** Pauses that grow with every failure, so that many agents do not come back at once. */
export interface Backoff {
  /** The pause before the next attempt, in milliseconds; no shorter than what the other side asked for, at most ten minutes. */
  next(askedMs?: number): number;
  reset(): void;
}

const FIRST_MS = 1000;
const LONGEST_MS = 60_000;
const LONGEST_ASKED_MS = 600_000;

/** A back-off from one second to a minute, each pause between half and all of its step. */
export function backoff(random: () => number): Backoff {
  let step = FIRST_MS;
  return {
    next(askedMs = 0) {
      const pause = step / 2 + (random() * step) / 2;
      step = Math.min(step * 2, LONGEST_MS);
      return Math.max(pause, Math.min(askedMs, LONGEST_ASKED_MS));
    },
    reset() {
      step = FIRST_MS;
    },
  };
}
