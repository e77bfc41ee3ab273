/** How long work goes on before others get their turn. */
const SLICE_MS = 10;

/** Lets others have their turn now and then; to be awaited between pieces of work, which are short. Throws the signal's reason once it has aborted. */
export function turns(signal: AbortSignal): () => Promise<void> | undefined {
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
