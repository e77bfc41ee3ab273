import type { DuckDBDataChunk } from '@duckdb/node-api';
import type { Scale } from './units.ts';
import { doublesOf, wholesOf } from './vectors.ts';

/** What is selected of a roll-up's file: series, time in milliseconds, and what the numbers are made of; NaN for what does not say it. */
export const BUCKET_SQL = [
  'series',
  '(epoch_ms(time) + ms)::DOUBLE',
  'count::DOUBLE',
  `CASE WHEN last IS NULL THEN coalesce(change, 0) ELSE 'nan'::DOUBLE END`,
  ...['below', 'above', 'rest'].map((name) => `coalesce(${name}, 0)`),
  ...['last', 'min', 'max', 'sum', 'increase'].map((name) => `coalesce(${name}, 'nan'::DOUBLE)`),
].join(', ');

/** Where the file's place among several stands, if it does. */
export const FILE_COLUMN = 12;

/** Buckets of a chunk, in columns. */
export interface BucketPart {
  readonly times: Float64Array;
  readonly counts: Float64Array;
  readonly sums: Float64Array;
  readonly mins: Float64Array;
  readonly maxs: Float64Array;
  readonly lasts: Float64Array;
  /** What a counter has gained; of what is none, nobody may look. */
  readonly increases: Float64Array;
}

/**
 * Makes the buckets of chunk after chunk of {@link BUCKET_SQL}, behind which a column may say of which file each is: series must be whole from
 * their first bucket on.
 */
export function bucketValues(scaleOf: (series: number, file: number) => Scale | undefined): (chunk: DuckDBDataChunk) => BucketPart {
  let series = -1;
  let file = -1;
  let units = 0;
  let scale: Scale | undefined;
  return (chunk) => {
    const numbers = wholesOf(chunk, 0);
    const [times, counts, changes, below, above, rests, lasts, mins, maxs, sums, increases] = Array.from({ length: 11 }, (_, at) =>
      doublesOf(chunk, at + 1),
    ) as unknown as readonly Float64Array[] & { readonly length: 11 };
    const files = chunk.columnCount > FILE_COLUMN ? wholesOf(chunk, FILE_COLUMN) : undefined;
    const part = { times, counts, sums, mins, maxs, lasts, increases } as BucketPart;
    for (let at = 0; at < numbers.length; at++) {
      const own = files?.[at] ?? 0;
      if (numbers[at] !== series || own !== file) {
        series = numbers[at] as number;
        file = own;
        scale = scaleOf(series, file);
        units = 0;
      }
      const change = changes?.[at] as number;
      if (Number.isNaN(change)) continue;
      const { factor, divisor } = scale as Scale;
      units += change;
      const [low, high] = [units - (below?.[at] as number), units + (above?.[at] as number)];
      part.lasts[at] = (units * factor) / divisor;
      part.mins[at] = (low * factor) / divisor;
      part.maxs[at] = (high * factor) / divisor;
      part.sums[at] = ((((rests?.[at] as number) + (part.counts[at] as number) * (low + high)) / 2) * factor) / divisor;
      if (Number.isNaN(part.increases[at])) part.increases[at] = (change * factor) / divisor;
    }
    return part;
  };
}
