import type { Clock } from './clock.ts';

/** A clock for tests that stands still until it is told to move. */
export interface ManualClock extends Clock {
  /** Lets time pass, firing what falls due in order, and lets promises settle in between. */
  pass(ms: number): Promise<void>;
  /** Sets the wall clock off by so many milliseconds, as an operator or NTP does; timers do not notice. */
  jump(ms: number): void;
}

/** A manual clock whose wall stands at `wall`; each timer fires `lateMs()` late. */
export function manualClock(wall = 1_700_000_000_000, lateMs: () => number = () => 0): ManualClock {
  let now = 0;
  let offset = wall;
  let timers: { at: number; call: () => void }[] = [];
  return {
    wall: () => now + offset,
    monotonic: () => now,
    after(ms, call) {
      const timer = { at: now + Math.max(0, ms) + lateMs(), call };
      timers.push(timer);
      return () => void (timers = timers.filter((other) => other !== timer));
    },
    async pass(ms) {
      // What has just been begun may set timers of its own.
      await settle();
      const until = now + ms;
      for (;;) {
        const [next] = timers.filter(({ at }) => at <= until).sort((a, b) => a.at - b.at);
        if (next === undefined) break;
        timers = timers.filter((other) => other !== next);
        now = Math.max(now, next.at);
        next.call();
        await settle();
      }
      now = until;
      await settle();
    },
    jump(ms) {
      offset += ms;
    },
  };
}

function settle(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
