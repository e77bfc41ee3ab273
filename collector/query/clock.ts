import { QueryError } from '../promql/query-error.ts';

/** The time that a question may take, stage by stage. */
export interface QuestionClock {
  /** Aborts when the time is over, with a QueryError `timeout`, or with the asker's reason. */
  readonly signal: AbortSignal;
  /** It is being answered; answers the milliseconds that are left, and those that it has waited. */
  evaluating(): { readonly left: number; readonly waited: number };
  /** Its answer stands and has to be taken; that may take as long again. */
  taking(): void;
  /** It is over; nothing aborts any more. Answers the seconds that it took. */
  stop(): number;
}

/** A thread ends by itself what takes too long, unless it is busy: it gets so long to do so. */
const GRACE_MS = 1000;

/** Starts the clock, for a question that waits for its turn. */
export function questionClock(asker: AbortSignal, timeout: number): QuestionClock {
  const began = performance.now();
  const controller = new AbortController();
  const abort = (): void => controller.abort(asker.reason);
  if (asker.aborted) abort();
  else asker.addEventListener('abort', abort, { once: true });
  let timer: NodeJS.Timeout | undefined;
  const allow = (ms: number, message: string): void => {
    clearTimeout(timer);
    timer = setTimeout(() => controller.abort(new QueryError('timeout', message)), ms);
  };
  allow(timeout, 'query timed out in query queue');
  return {
    signal: controller.signal,
    evaluating() {
      const waited = performance.now() - began;
      const left = Math.max(1, timeout - waited);
      allow(left + GRACE_MS, 'query timed out in expression evaluation');
      return { left, waited };
    },
    taking: () => allow(timeout, 'the answer was not taken in time'),
    stop() {
      clearTimeout(timer);
      asker.removeEventListener('abort', abort);
      return (performance.now() - began) / 1000;
    },
  };
}
