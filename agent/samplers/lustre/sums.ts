import type { Series } from '../../sampler.ts';

/**
 * A counter of a file system that is mounted more than once: the sum over its mounts. What a mount had counted stays in the
 * sum when it goes, so that the sum never falls; a round in which one mount does not tell is a gap.
 */
export interface Sum {
  /** Opens the part of one mount. */
  part(): Part;
  /** Sets the series to the sum of the parts, and empties them. */
  set(): void;
  end(): void;
}

/** What one mount has counted. */
export interface Part {
  set(value: number): void;
  /** The mount has gone. */
  end(): void;
}

/** A sum that is written to a series. */
export function openSum(series: Series): Sum {
  const parts = new Set<{ now: number; last: number }>();
  let gone = 0;
  return {
    part() {
      const own = { now: Number.NaN, last: 0 };
      parts.add(own);
      return {
        set(value) {
          own.now = value;
          if (!Number.isNaN(value)) own.last = value;
        },
        end() {
          if (parts.delete(own)) gone += own.last;
        },
      };
    },
    set() {
      let sum = parts.size === 0 ? Number.NaN : gone;
      for (const part of parts) {
        sum += part.now;
        part.now = Number.NaN;
      }
      series.set(sum);
    },
    end: () => series.end(),
  };
}
