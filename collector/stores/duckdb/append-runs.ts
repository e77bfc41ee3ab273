import { DOUBLE, DuckDBDataChunk, LIST, TIMESTAMP_MS, UINTEGER } from '@duckdb/node-api';
import type { DuckDBAppender } from '@duckdb/node-api';
import duckdb from '@duckdb/node-bindings';
import { runEnd } from './runs.ts';
import type { SortedRows } from './runs.ts';

/** DuckDB's vector size: what a data chunk can hold. */
const CHUNK_RUNS = 2048;
/** Values in a chunk, so that long runs make it no larger than short ones do. */
const CHUNK_VALUES = 32_768;
/** How long rows are appended before whoever asks gets an answer. */
const SLICE_MS = 10;
const COLUMNS = [UINTEGER, TIMESTAMP_MS, UINTEGER, LIST(DOUBLE)];

/** The columns of a chunk being filled, as DuckDB keeps them: 64-bit numbers in two halves, as a BigInt each would cost more than the append. */
interface Filling {
  readonly series: Uint32Array;
  readonly starts: Int32Array;
  readonly steps: Uint32Array;
  /** Offset and length of every run's values: a list vector's entries. */
  readonly entries: Uint32Array;
}

/** Appends the rows, which nobody may change meanwhile, as runs: series, start, step, values. */
export async function appendRuns(appender: DuckDBAppender, sorted: SortedRows): Promise<void> {
  let sliceEnd = performance.now() + SLICE_MS;
  const chunk = DuckDBDataChunk.create(COLUMNS);
  const filling: Filling = {
    series: new Uint32Array(CHUNK_RUNS),
    starts: new Int32Array(CHUNK_RUNS * 2),
    steps: new Uint32Array(CHUNK_RUNS),
    entries: new Uint32Array(CHUNK_RUNS * 4),
  };
  for (let from = 0; from < sorted.length;) {
    let runs = 0;
    let at = from;
    while (at < sorted.length && runs < CHUNK_RUNS && at - from < CHUNK_VALUES) {
      const end = runEnd(sorted, at);
      fill(filling, runs++, sorted, at, end, from);
      at = end;
    }
    copyChunk(chunk, filling, runs, sorted, from, at);
    appender.appendDataChunk(chunk);
    from = at;
    if (performance.now() > sliceEnd) {
      await new Promise(setImmediate);
      sliceEnd = performance.now() + SLICE_MS;
    }
  }
}

function fill({ series, starts, steps, entries }: Filling, run: number, sorted: SortedRows, at: number, end: number, from: number): void {
  const start = sorted.times[at] as number;
  const high = Math.floor(start / 2 ** 32);
  series[run] = sorted.series[at] as number;
  starts[2 * run] = (start - high * 2 ** 32) | 0;
  starts[2 * run + 1] = high;
  steps[run] = end - at > 1 ? (sorted.times[at + 1] as number) - start : 0;
  entries[4 * run] = at - from;
  entries[4 * run + 2] = end - at;
}

// The bytes of typed arrays as they are; setting value by value through the vectors costs ten times as much.
function copyChunk(chunk: DuckDBDataChunk, filling: Filling, runs: number, { values }: SortedRows, from: number, to: number): void {
  chunk.reset();
  chunk.rowCount = runs;
  const columns = [filling.series, filling.starts, filling.steps, filling.entries];
  for (const [column, { buffer, BYTES_PER_ELEMENT, length }] of columns.entries()) {
    const vector = duckdb.data_chunk_get_vector(chunk.chunk, column);
    duckdb.copy_data_to_vector(vector, 0, buffer as ArrayBuffer, 0, (runs * BYTES_PER_ELEMENT * length) / CHUNK_RUNS);
  }
  const lists = duckdb.data_chunk_get_vector(chunk.chunk, 3);
  duckdb.list_vector_reserve(lists, to - from);
  duckdb.list_vector_set_size(lists, to - from);
  duckdb.copy_data_to_vector(duckdb.list_vector_get_child(lists), 0, values.buffer as ArrayBuffer, from * 8, (to - from) * 8);
}
