import { QueryError } from '../query-error.ts';

/** What a question costs: samples that a store gave, and cells (a value at a step) and samples that are held at the same time. */
export interface Meter {
  /** Throw a QueryError where the limit is passed, with Prometheus's words. */
  read(samples: number): void;
  hold(cells: number): void;
  release(cells: number): void;
  /** Samples read so far. */
  samples(): number;
  /** The most that has been held at once. */
  peak(): number;
}

/** A meter that allows so many to be read, and so many to be held. */
export function createMeter(limit: number): Meter {
  let samples = 0;
  let held = 0;
  let peak = 0;
  const check = (count: number): void => {
    if (count > limit) throw new QueryError('execution', 'query processing would load too many samples into memory in query execution');
  };
  return {
    read(more) {
      samples += more;
      check(samples);
    },
    hold(cells) {
      held += cells;
      if (held > peak) peak = held;
      check(held);
    },
    release(cells) {
      held -= cells;
    },
    samples: () => samples,
    peak: () => peak,
  };
}
