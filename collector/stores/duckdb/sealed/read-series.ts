import type { DuckDBConnection, DuckDBDataChunk } from '@duckdb/node-api';
import { SAMPLE_SQL, sampleValues } from './sample-values.ts';
import type { SealedName, SealedSeries } from './sealed-day.ts';
import type { Scale } from './units.ts';
import { doublesOf, wholesOf } from './vectors.ts';

/** Which rows of a file are read: of these series, in the order of their numbers, and of this time. */
export interface RowQuery {
  readonly series: readonly SealedName[];
  readonly from: number;
  readonly to: number;
}

/** Values of a row, in the order of the columns. */
type Part = readonly Float64Array[];

/** The samples of series in samples.parquet. */
export function readSamples(connection: DuckDBConnection, source: string, query: RowQuery): Promise<SealedSeries[]> {
  const values = sampleValues(scalesOf(query.series));
  return readRows(connection, `SELECT ${SAMPLE_SQL} FROM ${source}`, query, (chunk) => [doublesOf(chunk, 1), values(chunk)], sampleSeries);
}

function scalesOf(series: readonly SealedName[]): (number: number) => Scale | undefined {
  const scales = new Map(series.map(({ number, scale }) => [number, scale]));
  return (number) => scales.get(number);
}

function sampleSeries({ number, name, labelText }: SealedName, [times, values]: Part): SealedSeries {
  return { number, name, labelText, times: times as Float64Array, values: values as Float64Array, buckets: undefined };
}

async function readRows(
  connection: DuckDBConnection,
  sql: string,
  { series, from, to }: RowQuery,
  read: (chunk: DuckDBDataChunk) => Part,
  make: (name: SealedName, part: Part) => SealedSeries,
): Promise<SealedSeries[]> {
  const found: SealedSeries[] = [];
  let place = 0;
  let parts: Part[] = [];
  const finish = (): void => {
    const name = series[place];
    if (parts.length > 0 && name !== undefined) found.push(make(name, joined(parts)));
    parts = [];
  };
  const whole = series.reduce((sum, { samples }) => sum + samples, 0) <= STREAMED;
  for (const where of conditions(series)) {
    const result = whole ? await connection.run(`${sql} WHERE ${where}`) : await connection.stream(`${sql} WHERE ${where}`);
    for (;;) {
      const chunk = await result.fetchChunk();
      if (chunk === null || chunk.rowCount === 0) break;
      const numbers = wholesOf(chunk, 0);
      const columns = read(chunk);
      for (let start = 0; start < numbers.length;) {
        let end = start + 1;
        while (end < numbers.length && numbers[end] === numbers[start]) end++;
        if (series[place]?.number !== numbers[start]) {
          finish();
          while (place < series.length && (series[place] as SealedName).number < (numbers[start] as number)) place++;
        }
        const part = within(columns, start, end, from, to);
        if (part !== undefined && series[place]?.number === numbers[start]) parts.push(part);
        start = end;
      }
    }
  }
  finish();
  return found;
}

/** Samples of which an answer is not held whole by DuckDB; of fewer, it costs less. */
const STREAMED = 400_000;

/** Ranges in one condition: each is compared with every row of the row groups that are read. */
const MOST_RANGES = 24;

// Series that follow each other are one range; of more ranges than that, everything between the first and the last is looked through.
function conditions(series: readonly SealedName[]): string[] {
  const ranges: [number, number][] = [];
  for (const { number } of series) {
    const last = ranges.at(-1);
    if (last !== undefined && number === last[1] + 1) last[1] = number;
    else ranges.push([number, number]);
  }
  const found: string[] = [];
  for (let at = 0; at < ranges.length; at += MOST_RANGES) {
    const some = ranges.slice(at, at + MOST_RANGES);
    const [[first] = [0], [, last] = [0, 0]] = [some[0], some.at(-1)];
    const all = `series BETWEEN ${first} AND ${last}`;
    found.push(some.length === 1 ? all : `${all} AND (${some.map(([from, to]) => `series BETWEEN ${from} AND ${to}`).join(' OR ')})`);
  }
  return found;
}

function within(columns: Part, start: number, end: number, from: number, to: number): Part | undefined {
  const times = columns[0] as Float64Array;
  let [first, last] = [start, end];
  while (first < last && (times[first] as number) < from) first++;
  while (last > first && (times[last - 1] as number) > to) last--;
  return first === last ? undefined : columns.map((column) => column.subarray(first, last));
}

function joined(parts: readonly Part[]): Part {
  const length = parts.reduce((sum, [times]) => sum + (times as Float64Array).length, 0);
  return (parts[0] as Part).map((_, column) => {
    const whole = new Float64Array(length);
    let at = 0;
    for (const part of parts) {
      whole.set(part[column] as Float64Array, at);
      at += (part[column] as Float64Array).length;
    }
    return whole;
  });
}
