/** Time as the agent sees it; tests pass one that they move by hand. */
export interface Clock {
  /** The wall clock, milliseconds since the epoch. May jump. */
  readonly wall: () => number;
  /** Milliseconds since some start. Never jumps. */
  readonly monotonic: () => number;
  /** Calls once after so many milliseconds; the answer cancels it. */
  readonly after: (ms: number, call: () => void) => () => void;
}

/** The machine's clock. */
export const systemClock: Clock = {
  wall: Date.now,
  monotonic: () => performance.now(),
  after(ms, call) {
    const timer = setTimeout(call, ms);
    return () => clearTimeout(timer);
  },
};
