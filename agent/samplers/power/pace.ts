/** When a slow source is asked: at its period, and ever less after failures. */
export interface Pace {
  readonly periodMs: number;
  isDue(now: number): boolean;
  asked(now: number): void;
  worked(): void;
  /** Doubles the pause; answers whether this is the first failure since it last worked. */
  failed(): boolean;
}

const LONGEST_PAUSE_MS = 600_000;
// The clock is read a moment earlier in one round and later in another; what is due at its period must not lose a round to that.
const EARLY = 0.9;

/** A pace that is due at once. */
export function openPace(periodMs: number): Pace {
  let pauseMs = periodMs;
  let askedAt = Number.NEGATIVE_INFINITY;
  return {
    periodMs,
    isDue: (now) => Math.abs(now - askedAt) >= pauseMs * EARLY,
    asked(now) {
      askedAt = now;
    },
    worked() {
      pauseMs = periodMs;
    },
    failed() {
      const first = pauseMs === periodMs;
      pauseMs = Math.min(pauseMs * 2, Math.max(LONGEST_PAUSE_MS, periodMs));
      return first;
    },
  };
}
