import { almostEqual } from './almost-equal.ts';

/** The buckets of a classic histogram at one step, in the order of their bounds, each bound once; only the first `length` entries count. */
export interface BucketCounts {
  length: number;
  readonly bounds: Float64Array;
  /** Observations up to and with the bound. */
  readonly counts: Float64Array;
}

/** What had to be made right where counts fell from one bucket to the next. */
export interface Repair {
  readonly lowest: number;
  readonly highest: number;
  readonly greatest: number;
}

// Less than this is rounding: one observation of 10^12.
const ROUNDING = 1e-12;

/** Lifts counts that are less than those of a lower bucket, in place; undefined where none were, but for rounding. */
export function makeMonotonic({ length, bounds, counts }: BucketCounts): Repair | undefined {
  let [lowest, highest, greatest] = [Infinity, -Infinity, 0];
  let before = counts[0] as number;
  for (let at = 1; at < length; at++) {
    const count = counts[at] as number;
    if (count === before) continue;
    const isRounding = almostEqual(before, count, ROUNDING);
    if (!isRounding && !(count < before)) {
      before = count;
      continue;
    }
    counts[at] = before;
    if (isRounding) continue;
    lowest = Math.min(lowest, bounds[at] as number);
    highest = Math.max(highest, bounds[at] as number);
    greatest = Math.max(greatest, before - count);
  }
  return lowest === Infinity && highest === -Infinity ? undefined : { lowest, highest, greatest };
}

/** The quantile, between a bucket's bounds in proportion; the counts must not fall. Buckets up to 0 are taken to begin at 0. */
export function bucketQuantile(quantile: number, { length, bounds, counts }: BucketCounts): number {
  const last = length - 1;
  const all = counts[last] as number;
  if (length < 2 || all === 0) return NaN;
  const rank = quantile * all;
  let at = 0;
  while (at < last && !((counts[at] as number) >= rank)) at++;
  if (at === last) return bounds[last - 1] as number;
  const bound = bounds[at] as number;
  if (at === 0 && bound <= 0) return bound;
  const start = at === 0 ? 0 : (bounds[at - 1] as number);
  const below = at === 0 ? 0 : (counts[at - 1] as number);
  return start + (bound - start) * ((rank - below) / ((counts[at] as number) - below));
}

/** Which part of all observations lies between two values, in proportion within buckets. */
export function bucketFraction(lower: number, upper: number, buckets: BucketCounts): number {
  const all = buckets.counts[buckets.length - 1] as number;
  if (all === 0 || isNaN(lower) || isNaN(upper)) return NaN;
  if (lower >= upper) return 0;
  return (Math.min(rankOf(upper, buckets), all) - Math.min(rankOf(lower, buckets), all)) / all;
}

// How many observations are below a value.
function rankOf(value: number, { length, bounds, counts }: BucketCounts): number {
  let below = 0;
  let start = (bounds[0] as number) <= 0 ? -Infinity : 0;
  for (let at = 0; at < length; at++) {
    const bound = bounds[at] as number;
    const count = counts[at] as number;
    if (start >= value) return below;
    // In a bucket without a lower end nothing can be told apart.
    if (bound > value) return start === -Infinity ? count : below + ((count - below) * (value - start)) / (bound - start);
    below = count;
    start = bound;
  }
  return below;
}
