import { messageOf } from '../../agent/contract/errors.ts';
import { QueryError } from '../promql/query-error.ts';
import { startQueryThread } from './thread.ts';
import type { QueryThread, ThreadStart } from './thread.ts';

/** Threads that answer questions, of which each that ends is started again. */
export interface QueryThreads {
  /** The one with the fewest questions. Throws QueryError `unavailable` where none runs now. */
  pick(): QueryThread;
  close(): Promise<void>;
}

/** What they are started with. */
export interface ThreadsStart extends Omit<ThreadStart, 'reading' | 'onEnd'> {
  readonly count: number;
  /** Made anew for every thread. */
  readonly reading: () => ThreadStart['reading'];
  readonly onRestart: () => void;
  readonly log: (level: 'info' | 'warning' | 'error', message: string) => void;
}

/** A thread that has run for so long is started again at once; one that ends sooner, after a pause that doubles. */
const SETTLED_MS = 60_000;
const FIRST_PAUSE_MS = 1000;
const LONGEST_PAUSE_MS = 30_000;

/** Starts them. */
export function queryThreads({ count, reading, limits, patience, onRestart, log }: ThreadsStart): QueryThreads {
  const running = new Set<QueryThread>();
  const pauses = new Set<NodeJS.Timeout>();
  let closed = false;
  let last: QueryError | undefined;

  const start = (failures: number): void => {
    const began = performance.now();
    const onEnd = (error: QueryError): void => {
      if (thread !== undefined) running.delete(thread);
      last = error;
      if (closed) return;
      log('error', `${messageOf(error)}; it is started again`);
      again(performance.now() - began > SETTLED_MS ? 0 : failures + 1);
    };
    let thread: QueryThread | undefined;
    try {
      thread = startQueryThread({ reading: reading(), limits, patience, onEnd });
      running.add(thread);
    } catch (error) {
      onEnd(new QueryError('unavailable', messageOf(error), undefined, { cause: error }));
    }
  };
  const again = (failures: number): void => {
    const restart = (): void => {
      onRestart();
      start(failures);
    };
    // The first time at once: a question that was too much is no reason to keep the others waiting.
    if (failures <= 1) return restart();
    const timer = setTimeout(
      () => {
        pauses.delete(timer);
        restart();
      },
      Math.min(LONGEST_PAUSE_MS, FIRST_PAUSE_MS * 2 ** (failures - 2)),
    );
    pauses.add(timer);
  };

  for (let at = 0; at < count; at++) start(0);

  return {
    pick() {
      let fewest: QueryThread | undefined;
      for (const thread of running) if (fewest === undefined || thread.questions < fewest.questions) fewest = thread;
      if (fewest !== undefined) return fewest;
      throw new QueryError('unavailable', `nothing answers questions now: ${last?.message ?? 'the collector is stopping'}`);
    },
    async close() {
      closed = true;
      for (const pause of pauses) clearTimeout(pause);
      const all = [...running];
      running.clear();
      await Promise.all(all.map((thread) => thread.terminate()));
    },
  };
}
