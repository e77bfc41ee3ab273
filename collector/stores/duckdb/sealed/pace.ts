import { setImmediate, setTimeout as sleep } from 'node:timers/promises';

/** How work in the background goes on beside what others wait for. */
export interface Pace {
  /** To be called between pieces of work: lets others run when they have waited for a while. @throws the signal's reason once it has come. */
  readonly rest: () => Promise<void>;
}

/** Others wait no longer than this. */
const SLICE_MS = 8;

/** Rests so long a part of the time that was worked: 0 lets others run and goes on. */
export function pace(part: number, signal: AbortSignal): Pace {
  let since = performance.now();
  return {
    async rest() {
      signal.throwIfAborted();
      const worked = performance.now() - since;
      if (worked < SLICE_MS) return;
      await (part > 0 ? sleep(worked * part, undefined, { signal }) : setImmediate());
      since = performance.now();
    },
  };
}
