import type { BucketPart } from './bucket-values.ts';
import type { SealedName, SealedSeries } from './sealed-day.ts';

const COLUMNS = ['times', 'counts', 'sums', 'mins', 'maxs', 'lasts', 'increases'] as const;

/** The buckets of a series as they are answered. */
export function bucketSeries({ number, name, labelText, isCounter }: SealedName, part: BucketPart): SealedSeries {
  const { times, lasts: values, counts, sums, mins, maxs, increases } = part;
  return { number, name, labelText, times, values, buckets: { counts, sums, mins, maxs, increases: isCounter ? increases : undefined } };
}

/** Parts that follow each other as one, in memory of its own. */
export function joined(parts: readonly BucketPart[]): BucketPart {
  const length = parts.reduce((sum, { times }) => sum + times.length, 0);
  const whole = Object.fromEntries(COLUMNS.map((column) => [column, new Float64Array(length)])) as unknown as BucketPart;
  let at = 0;
  for (const part of parts) {
    for (const column of COLUMNS) whole[column].set(part[column], at);
    at += part.times.length;
  }
  return whole;
}
