import { DOUBLE, DuckDBDataChunk, UINTEGER } from '@duckdb/node-api';
import type { DuckDBConnection } from '@duckdb/node-api';
import duckdb from '@duckdb/node-bindings';
import type { Gathered } from './gathered.ts';
import { quoted } from './quoted.ts';
import type { Scale } from './units.ts';

/** What series.parquet says of a series. */
export interface KnownSeries {
  readonly samples: number;
  readonly first: number;
  readonly last: number;
  readonly firstValue: number;
}

/** What is known of every series of a day: what series.parquet says besides its name. */
export interface SeriesFacts {
  /** Takes what is known of a series of which the samples are not there any more. */
  addKnown(series: number, known: KnownSeries): void;
  addSamples(series: number, samples: Gathered): void;
  /** Takes how its values are kept. */
  setKept(series: number, scale: Scale | undefined, isCounter: boolean): void;
  /** Series that have samples, and how many they have. */
  readonly series: number;
  readonly samples: number;
  /** Writes the file from the temporary table `vigie_named`, with the highest log record in it; series without samples are left out. */
  write(connection: DuckDBConnection, file: string, applied: number): Promise<void>;
}

/** Rows of a row group: names are looked for by their least and greatest. */
const GROUP_ROWS = 20_480;
const CHUNK_ROWS = 2048;
const FACTS = ['samples', 'first', 'last', 'first_value', 'factor', 'divisor', 'counter'] as const;

/** Room for this many series. */
export function seriesFacts(count: number): SeriesFacts {
  const numbers = Uint32Array.from({ length: count }, (_, at) => at);
  const doubles = (): Float64Array => new Float64Array(count);
  const [samples, first, last, firstValue] = [doubles(), doubles(), doubles(), doubles()];
  const [factors, divisors, counters] = [doubles(), doubles(), doubles()];
  const add = (series: number, count: number, from: number, to: number, value: number): void => {
    const isFirst = samples[series] === 0;
    if (isFirst || from < (first[series] as number)) {
      first[series] = from;
      firstValue[series] = value;
    }
    if (isFirst || to > (last[series] as number)) last[series] = to;
    samples[series] = (samples[series] as number) + count;
  };
  return {
    addKnown: (series, known) => add(series, known.samples, known.first, known.last, known.firstValue),
    setKept(series, scale, isCounter) {
      factors[series] = scale?.factor ?? 0;
      divisors[series] = scale?.divisor ?? 0;
      counters[series] = isCounter ? 1 : 0;
    },
    addSamples(series, { length, times, values }) {
      let at = 0;
      while (at < length && Number.isNaN(values[at])) at++;
      add(series, length, times[0] as number, times[length - 1] as number, at < length ? (values[at] as number) : Number.NaN);
    },
    get series() {
      return samples.reduce((sum, own) => sum + (own > 0 ? 1 : 0), 0);
    },
    get samples() {
      return samples.reduce((sum, own) => sum + own, 0);
    },
    async write(connection, file, applied) {
      await connection.run(`CREATE TEMP TABLE vigie_facts (number UINTEGER, ${FACTS.map((name) => `${name} DOUBLE`).join(', ')})`);
      const appender = await connection.createAppender('vigie_facts', 'main', 'temp');
      const chunk = DuckDBDataChunk.create([UINTEGER, ...FACTS.map(() => DOUBLE)]);
      const columns = [numbers, samples, first, last, firstValue, factors, divisors, counters];
      for (let from = 0; from < count; from += CHUNK_ROWS) {
        const rows = Math.min(CHUNK_ROWS, count - from);
        chunk.reset();
        chunk.rowCount = rows;
        for (const [column, { buffer, BYTES_PER_ELEMENT: width }] of columns.entries()) {
          duckdb.copy_data_to_vector(
            duckdb.data_chunk_get_vector(chunk.chunk, column),
            0,
            buffer as ArrayBuffer,
            from * width,
            rows * width,
          );
        }
        appender.appendDataChunk(chunk);
      }
      appender.closeSync();
      const times = ['first', 'last'].map((name) => `make_timestamp_ms(f.${name}::BIGINT)::TIMESTAMP_MS AS ${name}`).join(', ');
      await connection.run(
        `COPY (SELECT n.number AS series, n.name, n.labels, f.samples::UINTEGER AS samples, ${times}, f.first_value,
                      CASE WHEN f.factor > 0 THEN f.factor::BIGINT END AS factor, CASE WHEN f.factor > 0 THEN f.divisor::UINTEGER END AS divisor,
                      f.counter > 0 AS counter
               FROM vigie_named n JOIN vigie_facts f ON n.number = f.number WHERE f.samples > 0 ORDER BY n.number)
         TO ${quoted(file)} (FORMAT parquet, PARQUET_VERSION v2, COMPRESSION zstd, COMPRESSION_LEVEL 9, ROW_GROUP_SIZE ${GROUP_ROWS},
           KV_METADATA {applied: '${applied}'})`,
      );
    },
  };
}
