/** Width of the slots in which signals are shared. */
const SLOT_MS = 1000;

/**
 * Answers signals that abort after `ms`, or up to a second later: requests that come together share one, because a timer
 * and a signal for each would cost more than most requests.
 */
export function deadlines(ms: number): () => AbortSignal {
  let signal: AbortSignal | undefined;
  let madeAt = 0;
  return () => {
    const now = performance.now();
    if (signal === undefined || now - madeAt > SLOT_MS) {
      signal = AbortSignal.timeout(ms + SLOT_MS);
      madeAt = now;
    }
    return signal;
  };
}
