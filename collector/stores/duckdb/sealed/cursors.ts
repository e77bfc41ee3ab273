import type { DuckDBConnection, DuckDBDataChunk } from '@duckdb/node-api';
import { bucketValues } from './bucket-values.ts';
import type { BucketPart } from './bucket-values.ts';
import { gatherRun, gatherSamples } from './gathered.ts';
import type { Gathered } from './gathered.ts';
import type { OlderBucket } from './roll-up.ts';
import { sampleValues } from './sample-values.ts';
import type { Scale } from './units.ts';
import { doublesOf, listsOf, wholesOf } from './vectors.ts';
import type { ListColumn } from './vectors.ts';

/** An answer in the order of its first column, taken number by number. */
export interface Cursor<Into> {
  /** The number that comes next; undefined at the end. */
  readonly number: number | undefined;
  /** Adds everything of that number, and goes on to the next one. */
  take(into: Into): Promise<void>;
}

/** How the chunks of an answer are read: the first column's numbers, and what to do with rows of the same number. */
interface Reading<Part, Into> {
  read(chunk: DuckDBDataChunk): Part;
  add(into: Into, part: Part, from: number, to: number): void;
}

/** What is asked, of a connection that nothing else is asked of meanwhile, and by which other numbers the answer's are known. */
export interface CursorQuery {
  readonly connection: DuckDBConnection;
  readonly sql: string;
  readonly renamed?: Uint32Array | undefined;
}

async function openCursor<Part, Into>({ connection, sql, renamed }: CursorQuery, reading: Reading<Part, Into>): Promise<Cursor<Into>> {
  const result = await connection.stream(sql);
  let numbers: Uint32Array = new Uint32Array(0);
  let part: Part | undefined;
  let at = 0;
  const load = async (): Promise<void> => {
    const chunk = await result.fetchChunk();
    const more = chunk !== null && chunk.rowCount > 0;
    numbers = more ? wholesOf(chunk, 0) : new Uint32Array(0);
    part = more ? reading.read(chunk) : undefined;
    at = 0;
  };
  await load();
  return {
    get number() {
      const number = numbers[at];
      return number === undefined || renamed === undefined ? number : renamed[number];
    },
    async take(into) {
      const number = numbers[at];
      while (part !== undefined && numbers[at] === number) {
        let to = at + 1;
        while (to < numbers.length && numbers[to] === number) to++;
        reading.add(into, part, at, to);
        at = to;
        if (at === numbers.length) await load();
      }
    },
  };
}

interface Runs {
  readonly starts: Float64Array;
  readonly steps: Uint32Array;
  readonly lists: ListColumn;
}

/** Columns: number, start (DOUBLE), step, values. */
export function runCursor(query: CursorQuery): Promise<Cursor<Gathered>> {
  return openCursor<Runs, Gathered>(query, {
    read: (chunk) => ({ starts: doublesOf(chunk, 1), steps: wholesOf(chunk, 2), lists: listsOf(chunk, 3) }),
    add(into, { starts, steps, lists: { entries, values } }, from, to) {
      for (let run = from; run < to; run++) {
        const offset = entries[4 * run] as number;
        const length = entries[4 * run + 2] as number;
        gatherRun(into, starts[run] as number, steps[run] as number, values.subarray(offset, offset + length));
      }
    },
  });
}

/** The scales of series by their numbers in the file. */
type Scales = (series: number) => Scale | undefined;

/** Columns: those of {@link SAMPLE_SQL}, whole series. */
export function sampleCursor(query: CursorQuery, scales: Scales): Promise<Cursor<Gathered>> {
  const values = sampleValues(scales);
  return openCursor<{ readonly times: Float64Array; readonly values: Float64Array }, Gathered>(query, {
    read: (chunk) => ({ times: doublesOf(chunk, 1), values: values(chunk) }),
    add: (into, { times, values }, from, to) => gatherSamples(into, times.subarray(from, to), values.subarray(from, to)),
  });
}

/** Columns: those of {@link BUCKET_SQL}, whole series; `isCounter` says by their numbers in the file of which the gain is known. */
export function bucketCursor(query: CursorQuery, scales: Scales, isCounter: (series: number) => boolean): Promise<Cursor<OlderBucket[]>> {
  const values = bucketValues(scales);
  return openCursor<BucketPart & { readonly numbers: Uint32Array }, OlderBucket[]>(query, {
    read: (chunk) => ({ ...values(chunk), numbers: wholesOf(chunk, 0) }),
    add(into, { numbers, times, counts, sums, mins, maxs, lasts, increases }, from, to) {
      const gains = isCounter(numbers[from] as number);
      for (let at = from; at < to; at++) {
        into.push(
          [times, counts, sums, mins, maxs, lasts]
            .map((column) => column[at] as number)
            .concat(gains ? (increases[at] as number) : Number.NaN),
        );
      }
    },
  });
}
