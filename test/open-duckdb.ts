import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { DuckDBInstance } from '@duckdb/node-api';
import { readConfig } from '../agent/contract/config.ts';
import { batchOf } from '../collector/ingest/batch.ts';
import { takeColumns } from '../collector/ingest/columns.ts';
import { readLines } from '../collector/ingest/read-lines.ts';
import type { Queryable } from '../collector/promql/queryable.ts';
import { seriesTable } from '../collector/series/series-table.ts';
import type { SeriesTable } from '../collector/series/series-table.ts';
import { openQueryable } from '../collector/stores/duckdb/queryable.ts';
import type { DuckdbOpening } from '../collector/stores/duckdb/ask-messages.ts';
import duckdb from '../collector/stores/duckdb/index.ts';
import type { DuckdbStore } from '../collector/stores/duckdb/index.ts';
import type { Rows } from '../collector/stores/store.ts';

/** An embedded store by itself, as a collector that has just been started has it. */
export interface OpenDuckdb {
  readonly store: DuckdbStore;
  readonly table: SeriesTable;
  readonly queryable: Queryable;
  readonly logged: readonly string[];
  /** Stores lines with times in milliseconds; resolves once they are acknowledged. */
  readonly write: (text: string) => Promise<void>;
  /** Label text, times and values of every series of a name. */
  readonly all: (name?: string, from?: number, to?: number) => Promise<[string, number[], number[]][]>;
}

const limits = { series_per_node: 1000, nodes: 1000, labels: 10, label_name: 20, label_value: 50 };
const everything = {
  precision: 'ms',
  now: 0,
  oldest: -Infinity,
  newest: Infinity,
  lineBytes: 1e6,
  admit: () => undefined,
  claim: () => undefined,
} as const;

/** Opens it; commits come when they are asked for, unless the options say otherwise. */
export async function openDuckdb(data: string, options: Readonly<Record<string, unknown>> = {}): Promise<OpenDuckdb> {
  const table = seriesTable(limits);
  const logged: string[] = [];
  const rowsOf = async (text: Uint8Array): Promise<Rows> => {
    const columns = takeColumns();
    await readLines(table, text, everything, columns);
    return columns;
  };
  const store = (await duckdb.open({
    options: readConfig(duckdb.options, { commit: '1h', ...options }, 'test'),
    data,
    describe: (series) => table.describe(series),
    readAgain: async (gzipped) => {
      const columns = takeColumns();
      const { refused, refusals } = await readLines(table, gunzipSync(gzipped), everything, columns);
      return { rows: columns, refused, reasons: refusals.map(({ reason }) => reason) };
    },
    fatal: (error) => void logged.push(error.message),
    log: (level, message) => void logged.push(`${level}: ${message}`),
  })) as DuckdbStore;
  const reading = store.reading?.();
  if (reading?.kind !== 'queryable') throw new Error('the embedded store cannot be asked');
  return {
    store,
    table,
    queryable: await openQueryable(reading.opening as DuckdbOpening),
    logged,
    write: async (text) => {
      const bytes = Buffer.from(text);
      await store.write(batchOf('a', bytes, await rowsOf(bytes), Date.now(), undefined), AbortSignal.timeout(10_000));
    },
    all: async (name = 'm_v', from = 0, to = 4e12) => {
      const found = await store.select({ name, labels: {}, from, to });
      found.sort((a, b) => (a.labelText < b.labelText ? -1 : 1));
      return found.map(({ labelText, times, values }) => [labelText, [...times], [...values]]);
    },
  };
}

/** Changes the file (as `d`) of a day of a store that is closed. */
export async function inDuckdbFile(data: string, time: number, statements: readonly string[]): Promise<void> {
  const instance = await DuckDBInstance.create(':memory:');
  const connection = await instance.connect();
  const file = join(data, 'duckdb', `${new Date(time).toISOString().slice(0, 10)}.duckdb`);
  await connection.run(`ATTACH '${file}' AS d (ROW_GROUP_SIZE 20480)`);
  for (const statement of statements) await connection.run(statement);
  await connection.run('DETACH d');
  connection.closeSync();
  instance.closeSync();
}
