import type { DuckDBConnection, DuckDBDataChunk } from '@duckdb/node-api';
import { BUCKET_SQL, bucketValues, FILE_COLUMN } from './bucket-values.ts';
import type { BucketPart } from './bucket-values.ts';
import { bucketSeries, joined } from './bucket-series.ts';
import { quoted } from './quoted.ts';
import type { SealedName, SealedSeries } from './sealed-day.ts';
import type { Scale } from './units.ts';
import { wholesOf } from './vectors.ts';

/** Series of a roll-up's file, in the order of their numbers, and of this time. */
export interface FileQuery {
  readonly file: string;
  readonly series: readonly SealedName[];
  readonly from: number;
  readonly to: number;
}

/**
 * The buckets of series in the files of several days, by one question: each costs more than what is read for it. Answers what
 * each query found, in their order.
 */
export async function readDays(connection: DuckDBConnection, queries: readonly FileQuery[]): Promise<SealedSeries[][]> {
  const names = queries.map(({ series }) => new Map(series.map((name) => [name.number, name])));
  const values = bucketValues((series, file): Scale | undefined => names[file]?.get(series)?.scale);
  const found = queries.map((): Map<number, BucketPart[]> => new Map());
  const result = await connection.run(sqlOf(queries));
  for (;;) {
    const chunk = await result.fetchChunk();
    if (chunk === null || chunk.rowCount === 0) break;
    addChunk(found, queries, chunk, values(chunk));
  }
  return queries.map(({ series }, place) =>
    series.flatMap((name) => {
      const parts = found[place]?.get(name.number);
      return parts === undefined ? [] : [bucketSeries(name, joined(parts))];
    }),
  );
}

function sqlOf(queries: readonly FileQuery[]): string {
  const files = queries.map(({ file }) => quoted(file)).join(', ');
  const numbers = queries.flatMap(({ series }) => series.map(({ number }) => number));
  // A name's series have much the same numbers every day: what lies between them is not worth a condition for each file.
  const within = `series BETWEEN ${Math.min(...numbers)} AND ${Math.max(...numbers)}`;
  const each = [...new Set(numbers)];
  const exact = each.length <= MOST_LISTED ? ` AND series IN (${each.join(', ')})` : '';
  return `SELECT ${BUCKET_SQL}, file_index::UINTEGER FROM read_parquet([${files}]) WHERE ${within}${exact}`;
}

/** Numbers in a condition: each is looked up for every row. */
const MOST_LISTED = 1000;

function addChunk(
  found: readonly Map<number, BucketPart[]>[],
  queries: readonly FileQuery[],
  chunk: DuckDBDataChunk,
  part: BucketPart,
): void {
  const numbers = wholesOf(chunk, 0);
  const files = wholesOf(chunk, FILE_COLUMN);
  for (let start = 0; start < numbers.length;) {
    const file = files[start] as number;
    const number = numbers[start] as number;
    let end = start + 1;
    while (end < numbers.length && numbers[end] === number && files[end] === file) end++;
    const { from, to } = queries[file] as FileQuery;
    let [first, last] = [start, end];
    while (first < last && (part.times[first] as number) < from) first++;
    while (last > first && (part.times[last - 1] as number) > to) last--;
    if (first < last) {
      const series = found[file] as Map<number, BucketPart[]>;
      const parts = series.get(number) ?? [];
      if (parts.length === 0) series.set(number, parts);
      parts.push(cut(part, first, last));
    }
    start = end;
  }
}

function cut({ times, counts, sums, mins, maxs, lasts, increases }: BucketPart, from: number, to: number): BucketPart {
  const some = (column: Float64Array): Float64Array => column.subarray(from, to);
  return {
    times: some(times),
    counts: some(counts),
    sums: some(sums),
    mins: some(mins),
    maxs: some(maxs),
    lasts: some(lasts),
    increases: some(increases),
  };
}
