import { QueryError } from '../promql/query-error.ts';

/** Lets so many through at once; the others wait, and come in the order they came. */
export interface Gate {
  /**
   * Resolves when it is one's turn, with what gives the place to the next.
   *
   * @throws QueryError `unavailable` where too many wait already; the signal's reason where it aborts first.
   */
  enter(signal: AbortSignal): Promise<() => void>;
  readonly inside: number;
  readonly waiting: number;
}

/** A gate with `most` places inside and `mostWaiting` before it. */
export function gateOf(most: number, mostWaiting: number): Gate {
  const queue = new Set<() => void>();
  let inside = 0;

  const leave = (): void => {
    const [next] = queue;
    if (next === undefined) inside--;
    else next();
  };
  const pass = (): (() => void) => {
    let left = false;
    return () => {
      if (left) return;
      left = true;
      leave();
    };
  };

  return {
    async enter(signal) {
      signal.throwIfAborted();
      if (inside < most) {
        inside++;
        return pass();
      }
      if (queue.size >= mostWaiting)
        throw new QueryError('unavailable', `${inside} questions are being answered and ${queue.size} wait already; ask again later`);
      return new Promise((resolve, reject) => {
        const abort = (): void => {
          queue.delete(enter);
          // oxlint-disable-next-line typescript/prefer-promise-reject-errors -- the reason is whoever aborted's
          reject(signal.reason);
        };
        const enter = (): void => {
          queue.delete(enter);
          signal.removeEventListener('abort', abort);
          resolve(pass());
        };
        queue.add(enter);
        signal.addEventListener('abort', abort, { once: true });
      });
    },
    get inside() {
      return inside;
    },
    get waiting() {
      return queue.size;
    },
  };
}
