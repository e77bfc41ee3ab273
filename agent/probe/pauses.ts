import { Transient } from '../contract/errors.ts';

const FIRST_MS = 15_000;

/** Pauses by name, each twice as long as the one before. */
export interface Pauses {
  /** Throws `Transient` with `why` while the pause of `name` lasts. */
  check(name: string, why: string): void;
  /** Milliseconds that the pause of `name` still lasts; 0 where there is none. */
  left(name: string): number;
  /** Begins a pause, or the next longer one. */
  lengthen(name: string): void;
  /** All is well: the next pause is a short one again. */
  clear(name: string): void;
}

/** Pauses that start at 15 s and grow to `maxMs`. */
export function openPauses(maxMs: number, now: () => number): Pauses {
  const pauses = new Map<string, { ms: number; until: number }>();
  const leftOf = (name: string): number => {
    const pause = pauses.get(name);
    // The difference is bounded too, so that a clock set back does not make a pause of a day.
    return pause === undefined ? 0 : Math.max(0, Math.min(pause.until - now(), pause.ms));
  };
  return {
    left: leftOf,
    check(name, why) {
      const left = leftOf(name);
      if (left > 0) throw new Transient(`${why}; tried again in ${Math.ceil(left / 1000)} s`, { retryAfterMs: left });
    },
    lengthen(name) {
      const ms = Math.min(maxMs, (pauses.get(name)?.ms ?? FIRST_MS / 2) * 2);
      pauses.set(name, { ms, until: now() + ms });
    },
    clear: (name) => void pauses.delete(name),
  };
}
