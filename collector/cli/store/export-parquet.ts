import { rm } from 'node:fs/promises';
import { DOUBLE, DuckDBInstance, TIMESTAMP_MS, UINTEGER } from '@duckdb/node-api';
import { toHalves } from '../../stores/duckdb/parquet/halves.ts';
import { joinRowGroups } from '../../stores/duckdb/parquet/join-row-groups.ts';
import { rowGroupWriter } from '../../stores/duckdb/parquet/write-row-group.ts';
import { quoted } from '../../stores/duckdb/sealed/quoted.ts';
import type { Column } from '../../stores/duckdb/parquet/write-row-group.ts';
import { setBit } from '../../stores/duckdb/sealed/bits.ts';
import { addOlder, emptyBuckets, rollUp } from '../../stores/duckdb/sealed/roll-up.ts';
import type { BucketColumns } from '../../stores/duckdb/sealed/roll-up.ts';
import type { Exporter } from './export-lines.ts';

const GROUP_ROWS = 122_880;
/** The pairs of a label text, names in the first group and values in the second. */
const PAIR = String.raw`([a-zA-Z_][a-zA-Z0-9_]*)="((?:[^"\\]|\\.)*)"`;

/** Rows of series, and the columns that they make. */
interface Filling {
  /** Columns behind the series. */
  readonly names: readonly string[];
  readonly length: number;
  columns(): Column[];
  clear(): void;
}

/** A Parquet file in the making: its rows, and the names of their series. */
interface NamedRows {
  /** Answers the number of a series. */
  name(name: string, labelText: string): number;
  flush(filling: Filling): Promise<void>;
  finish(filling: Filling): Promise<void>;
}

/** Writes a Parquet file for pandas, DuckDB and the like: name, labels (a map), time, value, a row a sample; by name, labels and time. */
export async function parquetExporter(path: string): Promise<Exporter> {
  const series = new Uint32Array(GROUP_ROWS);
  const times = new Float64Array(GROUP_ROWS);
  const values = new Float64Array(GROUP_ROWS);
  const filled = { length: 0 };
  const filling: Filling = {
    names: ['time', 'value'],
    get length() {
      return filled.length;
    },
    columns: () => [
      { name: 'series', type: UINTEGER, width: 4, data: series },
      timeColumn(times, filled.length),
      { name: 'value', type: DOUBLE, width: 8, data: values },
    ],
    clear: () => void (filled.length = 0),
  };
  const rows = await namedRows(path, filling.names);
  return {
    async add({ name, labelText }, samples, from, to) {
      const number = rows.name(name, labelText);
      for (let at = from; at < to;) {
        const { length } = filled;
        const some = Math.min(to - at, GROUP_ROWS - length);
        series.fill(number, length, length + some);
        times.set(samples.times.subarray(at, at + some), length);
        values.set(samples.values.subarray(at, at + some), length);
        filled.length += some;
        at += some;
        if (filled.length === GROUP_ROWS) await rows.flush(filling);
      }
      return to - from;
    },
    finish: () => rows.finish(filling),
    left: () => [],
  };
}

/** The same of roll-ups: name, labels, time of the last sample, count, sum, min, max, last, increase. */
export async function bucketExporter(path: string, resolution: number, from: number, to: number): Promise<Exporter> {
  const buckets = emptyBuckets(GROUP_ROWS);
  const filling: Filling = {
    names: ['time', 'count', 'sum', 'min', 'max', 'last', 'increase'],
    get length() {
      return buckets.length;
    },
    columns: () => bucketColumns(buckets),
    clear: () => void (buckets.length = 0),
  };
  const rows = await namedRows(path, filling.names);
  return {
    async add({ name, labelText, isCounter, older }, samples) {
      const number = rows.name(name, labelText);
      const before = buckets.length;
      rollUp(buckets, number, samples, resolution, isCounter);
      if (older.length > 0) addOlder(buckets, before, number, older, resolution);
      keepWithin(buckets, before, from, to);
      const added = buckets.length - before;
      if (buckets.length >= GROUP_ROWS) await rows.flush(filling);
      return added;
    },
    finish: () => rows.finish(filling),
    left: () => [],
  };
}

function bucketColumns(buckets: BucketColumns): Column[] {
  const { length, series, times, counts, sums, mins, maxs, lasts, increases } = buckets;
  const doubles = { sum: sums, min: mins, max: maxs, last: lasts };
  const gains = new Uint8Array(Math.ceil(length / 8));
  for (let at = 0; at < length; at++) setBit(gains, at, !Number.isNaN(increases[at]));
  return [
    { name: 'series', type: UINTEGER, width: 4, data: series },
    timeColumn(times, length),
    { name: 'count', type: UINTEGER, width: 4, data: counts },
    ...Object.entries(doubles).map(([name, data]): Column => ({ name, type: DOUBLE, width: 8, data })),
    { name: 'increase', type: DOUBLE, width: 8, data: increases, valid: gains },
  ];
}

function keepWithin(buckets: BucketColumns, first: number, from: number, to: number): void {
  const columns = [
    buckets.series,
    buckets.times,
    buckets.counts,
    buckets.sums,
    buckets.mins,
    buckets.maxs,
    buckets.lasts,
    buckets.increases,
  ];
  let kept = first;
  for (let at = first; at < buckets.length; at++) {
    const time = buckets.times[at] as number;
    if (time < from || time > to) continue;
    for (const column of columns) column[kept] = column[at] as number;
    kept++;
  }
  buckets.length = kept;
}

function timeColumn(times: Float64Array, length: number): Column {
  const halves = new Int32Array(length * 2);
  toHalves(times, length, halves);
  return { name: 'time', type: TIMESTAMP_MS, width: 8, data: halves };
}

async function namedRows(path: string, columns: readonly string[]): Promise<NamedRows> {
  const instance = await DuckDBInstance.create(':memory:', { threads: '1', memory_limit: '256MiB' });
  const connection = await instance.connect();
  await connection.run('CREATE TABLE named (series UINTEGER, name VARCHAR, labels VARCHAR)');
  const names = await connection.createAppender('named');
  const write = rowGroupWriter(connection);
  const [rowsFile, part] = [`${path}.rows`, `${path}.part`];
  const rows = await joinRowGroups(rowsFile, { columns: ['series', ...columns], pruned: [] });
  let count = 0;
  const flush = async (filling: Filling): Promise<void> => {
    if (filling.length === 0) return;
    await write(part, filling.columns(), filling.length, { version: 'v2', level: 9 });
    await rows.append([part]);
    filling.clear();
  };
  return {
    name(name, labelText) {
      names.appendUInteger(count);
      names.appendVarchar(name);
      names.appendVarchar(labelText);
      names.endRow();
      return count++;
    },
    flush,
    async finish(filling) {
      await flush(filling);
      names.closeSync();
      if (rows.rows > 0) {
        await rows.finish();
        const group = (index: number): string => `regexp_extract_all(n.labels, ${quoted(PAIR)}, ${index})`;
        const unescaped = String.raw`list_transform(${group(2)}, lambda text: replace(replace(replace(text, '\n', chr(10)), '\"', '"'), '\\', '\'))`;
        await connection.run(
          `COPY (SELECT n.name, map(${group(1)}, ${unescaped}) AS labels, ${columns.map((name) => `r.${name}`).join(', ')}
                 FROM read_parquet(${quoted(rowsFile)}) r JOIN named n ON r.series = n.series)
           TO ${quoted(path)} (FORMAT parquet, COMPRESSION zstd)`,
        );
      } else await rows.abandon();
      for (const file of [rowsFile, part]) await rm(file, { force: true });
      connection.closeSync();
      instance.closeSync();
    },
  };
}
