import { setTimeout as sleep } from 'node:timers/promises';

/** Keeps two beginnings apart. */
export interface Pace {
  /** Resolves when the time since the last beginning is over, at once for the first; then the next begins. Rejects when the signal ends. */
  begin(): Promise<void>;
}

/** Beginnings at least `everyMs` apart. */
export function openPace(everyMs: number, signal: AbortSignal): Pace {
  let last = Number.NEGATIVE_INFINITY;
  return {
    async begin() {
      const left = last + everyMs - performance.now();
      if (left > 0) await sleep(left, undefined, { signal });
      last = performance.now();
    },
  };
}
