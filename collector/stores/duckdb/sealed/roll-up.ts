import type { Gathered } from './gathered.ts';

/** Buckets in columns; only the first `length` count. */
export interface BucketColumns {
  length: number;
  series: Uint32Array;
  /** Of the last sample of each bucket. */
  times: Float64Array;
  counts: Uint32Array;
  sums: Float64Array;
  mins: Float64Array;
  maxs: Float64Array;
  lasts: Float64Array;
  /** NaN for what is no counter. */
  increases: Float64Array;
}

const DOUBLES = ['times', 'sums', 'mins', 'maxs', 'lasts', 'increases'] as const;
const WHOLES = ['series', 'counts'] as const;

/** No buckets, with room for some. */
export function emptyBuckets(room = 4096): BucketColumns {
  const doubles = (): Float64Array => new Float64Array(room);
  const wholes = (): Uint32Array => new Uint32Array(room);
  return {
    length: 0,
    series: wholes(),
    counts: wholes(),
    times: doubles(),
    sums: doubles(),
    mins: doubles(),
    maxs: doubles(),
    lasts: doubles(),
    increases: doubles(),
  };
}

/** Adds a settled series' buckets of this many milliseconds: (start, end], as PromQL's windows are. NaN marks no sample. */
export function rollUp(buckets: BucketColumns, series: number, samples: Gathered, resolution: number, isCounter: boolean): void {
  const { length, times, values } = samples;
  let previous = Number.NaN;
  for (let at = 0; at < length;) {
    const end = Math.ceil((times[at] as number) / resolution) * resolution;
    let count = 0;
    let sum = 0;
    let lost = 0;
    let min = Number.POSITIVE_INFINITY;
    let max = Number.NEGATIVE_INFINITY;
    let increase = 0;
    let last = at;
    for (; at < length && (times[at] as number) <= end; at++) {
      const value = values[at] as number;
      if (Number.isNaN(value)) continue;
      count++;
      // Neumaier's sum: what a sum of many loses is no loss of a roll-up.
      const next = sum + value;
      lost += Math.abs(sum) >= Math.abs(value) ? sum - next + value : value - next + sum;
      sum = next;
      if (value < min) min = value;
      if (value > max) max = value;
      if (previous === previous) increase += value >= previous ? value - previous : value;
      previous = value;
      last = at;
    }
    if (count === 0) continue;
    const to = nextBucket(buckets);
    buckets.series[to] = series;
    buckets.times[to] = times[last] as number;
    buckets.counts[to] = count;
    buckets.sums[to] = Number.isFinite(sum) ? sum + lost : sum;
    buckets.mins[to] = min;
    buckets.maxs[to] = max;
    buckets.lasts[to] = previous;
    buckets.increases[to] = isCounter ? increase : Number.NaN;
  }
}

/** A bucket as a row of an older roll-up has it: time, count, sum, min, max, last, increase (NaN: no counter). */
export type OlderBucket = readonly number[];

/**
 * Puts the buckets of an older roll-up of the series whose buckets are the last ones, from `from` on, among them: where its samples are not
 * there any more, so that they could be rolled up together. Of two of the same bucket the one with more samples stays.
 */
export function addOlder(buckets: BucketColumns, from: number, series: number, older: readonly OlderBucket[], resolution: number): void {
  const rows = older.map((row) => [...row]);
  for (let at = from; at < buckets.length; at++) {
    rows.push([buckets.counts[at] as number, ...DOUBLES.map((column) => buckets[column][at] as number)]);
    const row = rows.at(-1) as number[];
    [row[0], row[1]] = [row[1] as number, row[0] as number];
  }
  const ends = (row: readonly number[]): number => Math.ceil((row[0] as number) / resolution);
  rows.sort((a, b) => ends(a) - ends(b) || (b[1] as number) - (a[1] as number));
  buckets.length = from;
  for (const [place, row] of rows.entries()) {
    if (place > 0 && ends(rows[place - 1] as number[]) === ends(row)) continue;
    const to = nextBucket(buckets);
    buckets.series[to] = series;
    const [time = 0, count = 0, ...rest] = row;
    buckets.times[to] = time;
    buckets.counts[to] = count;
    for (const [at, column] of DOUBLES.slice(1).entries()) buckets[column][to] = rest[at] as number;
  }
}

function nextBucket(buckets: BucketColumns): number {
  const { length } = buckets;
  if (length === buckets.times.length) {
    for (const column of DOUBLES) {
      const longer = new Float64Array(length * 2);
      longer.set(buckets[column]);
      buckets[column] = longer;
    }
    for (const column of WHOLES) {
      const longer = new Uint32Array(length * 2);
      longer.set(buckets[column]);
      buckets[column] = longer;
    }
  }
  buckets.length++;
  return length;
}
