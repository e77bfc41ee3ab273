import { QueryError } from '../promql/query-error.ts';
import type { Queryable } from '../promql/queryable.ts';
import { collectGarbage, heldBytes } from './memory.ts';

/** Somebody who may hold memory, and can be made to let go of it. */
export interface Holder {
  /** Samples read for it: whoever has read the most is the first to go. */
  samples: number;
  end(failure: QueryError): void;
}

/** Keeps the questions of a thread together within a limit. */
export interface MemoryGuard {
  /** Looks after one until the answer is called. */
  hold(holder: Holder): () => void;
  /** The same samples, with what is read of them counted, and the limit looked at. */
  watched(queryable: Queryable, holder: Holder): Queryable;
}

/** Between two looks while questions are answered: an evaluation makes columns between two readings, too. */
const LOOK_MS = 50;

/** What one that is given up holds goes within this time; until then no other one is. */
const UNWINDING_MS = 250;

/** What the guard measures with. */
export interface Memory {
  held(): number;
  collect(): void;
}

/** A guard over this thread's memory. */
export function memoryGuard(limit: number, memory: Memory = { held: heldBytes, collect: collectGarbage }): MemoryGuard {
  const holders = new Set<Holder>();
  let timer: NodeJS.Timeout | undefined;
  let lastEnded = Number.NEGATIVE_INFINITY;

  const look = (): void => {
    if (memory.held() <= limit || performance.now() - lastEnded < UNWINDING_MS) return;
    memory.collect();
    if (memory.held() <= limit) return;
    let largest: Holder | undefined;
    for (const holder of holders) if (largest === undefined || holder.samples > largest.samples) largest = holder;
    if (largest === undefined) return;
    holders.delete(largest);
    lastEnded = performance.now();
    largest.end(tooMuch(limit));
  };

  return {
    hold(holder) {
      holders.add(holder);
      timer ??= setInterval(look, LOOK_MS);
      return () => {
        holders.delete(holder);
        if (holders.size > 0) return;
        clearInterval(timer);
        timer = undefined;
      };
    },
    watched: (queryable, holder) => ({
      ...queryable,
      async *select(selection, signal) {
        for await (const series of queryable.select(selection, signal)) {
          for (const { times } of series) holder.samples += times.length;
          look();
          signal.throwIfAborted();
          yield series;
        }
      },
    }),
  };
}

function tooMuch(limit: number): QueryError {
  const most = `${Math.round(limit / 2 ** 20)} MiB (query.memory)`;
  return new QueryError(
    'execution',
    `the questions asked now need more than ${most}, this one the most; ask for fewer series or a shorter time`,
  );
}
