import { DOUBLE, DuckDBDataChunk, TIMESTAMP_MS, UINTEGER } from '@duckdb/node-api';
import type { DuckDBConnection } from '@duckdb/node-api';
import duckdb from '@duckdb/node-bindings';
import { selectSeries } from './select.ts';
import type { FoundSamples } from './select.ts';
import type { DayRows, Selection } from './messages.ts';

/** One day's file: its series, its samples, and how much of the log it holds. */
export interface Partition {
  readonly day: string;
  /** The highest log record whose rows are in it. */
  readonly applied: number;
  /** Commits the rows whole or not at all. */
  append(rows: DayRows, upTo: number): Promise<void>;
  /** Samples by series in the order they came; a time may stand there twice. */
  select(selection: Selection): Promise<FoundSamples[]>;
  detach(): Promise<void>;
}

/** DuckDB's vector size: what a data chunk can hold. */
const CHUNK_ROWS = 2048;

/** Attaches the file, and makes its tables where it is new. */
export async function attachPartition(
  connection: DuckDBConnection,
  file: string,
  day: string,
  reading: DuckDBConnection = connection,
): Promise<Partition> {
  const name = `day_${day.replaceAll('-', '_')}`;
  await connection.run(`ATTACH '${file.replaceAll("'", "''")}' AS ${name}`);
  try {
    return await openPartition(connection, name, day, reading);
  } catch (error) {
    // Attached, it would stand in the way of a new file for its day.
    await connection.run(`DETACH ${name}`).catch(() => undefined);
    throw error;
  }
}

async function openPartition(connection: DuckDBConnection, name: string, day: string, reading: DuckDBConnection): Promise<Partition> {
  await connection.run(`CREATE TABLE IF NOT EXISTS ${name}.series (id UINTEGER, name VARCHAR, labels VARCHAR)`);
  await connection.run(`CREATE TABLE IF NOT EXISTS ${name}.samples (series UINTEGER, time TIMESTAMP_MS, value DOUBLE)`);
  await connection.run(`CREATE TABLE IF NOT EXISTS ${name}.applied (wal DOUBLE)`);
  let applied = await number(connection, `SELECT max(wal) FROM ${name}.applied`);
  let lastId = await number(connection, `SELECT max(id) FROM ${name}.series`);
  // By the collector's number of a series: the partition's own, or 0.
  let ownIds = new Uint32Array(1024);

  const addSeries = async (rows: DayRows): Promise<void> => {
    if (rows.described.length === 0) return;
    const appender = await connection.createAppender('series', 'main', name);
    for (const { id, name: metric, labelText } of rows.described) {
      if (id >= ownIds.length) {
        const longer = new Uint32Array(Math.max(id + 1, ownIds.length * 2));
        longer.set(ownIds);
        ownIds = longer;
      }
      ownIds[id] = ++lastId;
      appender.appendUInteger(lastId);
      appender.appendVarchar(metric);
      appender.appendVarchar(labelText);
      appender.endRow();
    }
    appender.closeSync();
  };

  return {
    day,
    get applied() {
      return applied;
    },
    async append(rows, upTo) {
      const firstNewId = lastId;
      await connection.run('BEGIN');
      try {
        await addSeries(rows);
        await addSamples(connection, name, rows, ownIds);
        await connection.run(`INSERT INTO ${name}.applied VALUES (${upTo})`);
        await connection.run('COMMIT');
      } catch (error) {
        // The series of the failed attempt come again with its rows, under new numbers.
        lastId = firstNewId;
        await connection.run('ROLLBACK').catch(() => undefined);
        throw error;
      }
      applied = upTo;
    },
    select: (selection) => selectSeries(reading, name, selection),
    async detach() {
      await connection.run(`DETACH ${name}`);
    },
  };
}

const COLUMNS = [UINTEGER, TIMESTAMP_MS, DOUBLE];

async function addSamples(connection: DuckDBConnection, catalog: string, rows: DayRows, ownIds: Uint32Array): Promise<void> {
  const appender = await connection.createAppender('samples', 'main', catalog);
  const ids = new Uint32Array(CHUNK_ROWS);
  const halves = new Int32Array(CHUNK_ROWS * 2);
  const chunk = DuckDBDataChunk.create(COLUMNS);
  for (let from = 0; from < rows.length; from += CHUNK_ROWS) {
    const length = Math.min(CHUNK_ROWS, rows.length - from);
    for (let i = 0; i < length; i++) {
      ids[i] = ownIds[rows.series[from + i] as number] as number;
      const time = rows.times[from + i] as number;
      // A 64-bit integer in two halves: a BigInt a row would cost more than the append.
      const high = Math.floor(time / 2 ** 32);
      halves[2 * i] = (time - high * 2 ** 32) | 0;
      halves[2 * i + 1] = high;
    }
    chunk.reset();
    chunk.rowCount = length;
    copyColumn(chunk, 0, ids, 0, length * 4);
    copyColumn(chunk, 1, halves, 0, length * 8);
    copyColumn(chunk, 2, rows.values, from * 8, length * 8);
    appender.appendDataChunk(chunk);
  }
  appender.closeSync();
}

// The bytes of a typed array into a column as they are; setting value by value through the vectors costs ten times as much.
function copyColumn(
  chunk: DuckDBDataChunk,
  column: number,
  from: Uint32Array | Int32Array | Float64Array,
  start: number,
  bytes: number,
): void {
  const vector = duckdb.data_chunk_get_vector(chunk.chunk, column);
  duckdb.copy_data_to_vector(vector, 0, from.buffer as ArrayBuffer, from.byteOffset + start, bytes);
}

async function number(connection: DuckDBConnection, sql: string): Promise<number> {
  const reader = await connection.runAndReadAll(sql);
  return Number(reader.getRows()[0]?.[0] ?? 0);
}
