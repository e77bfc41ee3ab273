/** How long work goes on before others get their turn. */
const SLICE_MS = 10;

/** Answers what is to be waited for, so that others have their turn; most often nothing is. Throws the signal's reason once it has aborted. */
export type Turn = () => Promise<void> | undefined;

/** To be asked between pieces of work, which are short. */
export function turns(signal: AbortSignal): Turn {
  let end = performance.now() + SLICE_MS;
  return () => {
    signal.throwIfAborted();
    if (performance.now() < end) return undefined;
    return new Promise(setImmediate).then(() => {
      end = performance.now() + SLICE_MS;
      return signal.throwIfAborted();
    });
  };
}
