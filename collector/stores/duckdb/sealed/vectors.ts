import type { DuckDBDataChunk } from '@duckdb/node-api';
import duckdb from '@duckdb/node-bindings';

/** A column of doubles of an answer's chunk, copied. */
export function doublesOf({ chunk, rowCount }: DuckDBDataChunk, column: number): Float64Array {
  const { buffer, byteOffset } = duckdb.vector_get_data(duckdb.data_chunk_get_vector(chunk, column), rowCount * 8);
  return new Float64Array(buffer, byteOffset, rowCount);
}

/** A column of 32-bit whole numbers of an answer's chunk, copied. */
export function wholesOf({ chunk, rowCount }: DuckDBDataChunk, column: number): Uint32Array {
  const { buffer, byteOffset } = duckdb.vector_get_data(duckdb.data_chunk_get_vector(chunk, column), rowCount * 4);
  return new Uint32Array(buffer, byteOffset, rowCount);
}

/** A column of lists of doubles of an answer's chunk, copied. */
export interface ListColumn {
  /** Offset and length of each row's values, 64-bit integers in two halves, the low one first. */
  readonly entries: Uint32Array;
  readonly values: Float64Array;
}

/** A column of lists of doubles of an answer's chunk, copied. */
export function listsOf({ chunk, rowCount }: DuckDBDataChunk, column: number): ListColumn {
  const lists = duckdb.data_chunk_get_vector(chunk, column);
  const length = duckdb.list_vector_get_size(lists);
  const entries = duckdb.vector_get_data(lists, rowCount * 16);
  const child = duckdb.vector_get_data(duckdb.list_vector_get_child(lists), length * 8);
  return {
    entries: new Uint32Array(entries.buffer, entries.byteOffset, rowCount * 4),
    values: new Float64Array(child.buffer, child.byteOffset, length),
  };
}
