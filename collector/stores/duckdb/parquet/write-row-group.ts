import { DuckDBTableFunction } from '@duckdb/node-api';
import type { DuckDBConnection, DuckDBType } from '@duckdb/node-api';
import duckdb from '@duckdb/node-bindings';

/** A column as DuckDB keeps it: fixed width, 64-bit integers in two halves, the low one first. */
export interface Column {
  readonly name: string;
  readonly type: DuckDBType;
  readonly data: Uint32Array | Int32Array | Float32Array | Float64Array;
  /** Bytes of a row. */
  readonly width: 4 | 8;
  /** A bit a row, the lowest first: whether it has a value. Undefined where all have. */
  readonly valid?: Uint8Array | undefined;
}

/** How columns are written: Parquet's version, which says how values may be encoded, and zstd's level. */
export interface Encoding {
  readonly version: 'v1' | 'v2';
  readonly level: number;
}

/** Writes a Parquet file of one row group. */
export type WriteRowGroup = (file: string, columns: readonly Column[], rows: number, encoding: Encoding) => Promise<void>;

/** DuckDB's vector size. */
const CHUNK_ROWS = 2048;
/** Rows that DuckDB never cuts a row group at. */
const ANY_ROWS = 2 ** 30;

/** Makes a connection write columns that are in memory. One file at a time. */
export function rowGroupWriter(connection: DuckDBConnection): WriteRowGroup {
  let columns: readonly Column[] = [];
  let rows = 0;
  let at = 0;
  connection.registerTableFunction(
    DuckDBTableFunction.create({
      name: 'vigie_rows',
      bindFunction: (bind) => {
        for (const { name, type } of columns) bind.addResultColumn(name, type);
      },
      initFunction: (init) => {
        at = 0;
        init.setMaxThreads(1);
      },
      mainFunction: (_, output) => {
        const count = Math.min(CHUNK_ROWS, rows - at);
        output.rowCount = count;
        for (const [place, column] of columns.entries())
          if (count > 0) copyRows(duckdb.data_chunk_get_vector(output.chunk, place), column, at, count);
        at += count;
      },
    }),
  );
  return async (file, its, count, { version, level }) => {
    columns = its;
    rows = count;
    // A dictionary would be taken wherever values come again, and is larger than what stands for their distances.
    const options = `FORMAT parquet, PARQUET_VERSION ${version}, COMPRESSION zstd, COMPRESSION_LEVEL ${level}, DICTIONARY_SIZE_LIMIT 0`;
    await connection.run(
      `COPY (FROM vigie_rows()) TO '${file.replaceAll("'", "''")}' (${options}, WRITE_BLOOM_FILTER false, ROW_GROUP_SIZE ${ANY_ROWS})`,
    );
  };
}

function copyRows(vector: duckdb.Vector, { data, width, valid }: Column, from: number, count: number): void {
  duckdb.copy_data_to_vector(vector, 0, data.buffer as ArrayBuffer, data.byteOffset + from * width, count * width);
  if (valid === undefined) return;
  duckdb.vector_ensure_validity_writable(vector);
  duckdb.copy_data_to_vector_validity(vector, 0, valid.buffer as ArrayBuffer, valid.byteOffset + from / 8, Math.ceil(count / 8));
}
