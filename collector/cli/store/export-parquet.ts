import { rm } from 'node:fs/promises';
import { DOUBLE, DuckDBInstance, TIMESTAMP_MS, UINTEGER } from '@duckdb/node-api';
import { toHalves } from '../../stores/duckdb/parquet/halves.ts';
import { joinRowGroups } from '../../stores/duckdb/parquet/join-row-groups.ts';
import { rowGroupWriter } from '../../stores/duckdb/parquet/write-row-group.ts';
import { quoted } from '../../stores/duckdb/sealed/quoted.ts';
import type { Exporter } from './export-lines.ts';

const GROUP_ROWS = 122_880;
/** The pairs of a label text, names in the first group and values in the second. */
const PAIR = String.raw`([a-zA-Z_][a-zA-Z0-9_]*)="((?:[^"\\]|\\.)*)"`;

/** Writes a Parquet file for pandas, DuckDB and the like: name, labels (a map), time, value, a row a sample; by name, labels and time. */
export async function parquetExporter(path: string): Promise<Exporter> {
  const instance = await DuckDBInstance.create(':memory:', { threads: '1', memory_limit: '256MiB' });
  const connection = await instance.connect();
  await connection.run('CREATE TABLE named (series UINTEGER, name VARCHAR, labels VARCHAR)');
  const names = await connection.createAppender('named');
  const write = rowGroupWriter(connection);
  const [rowsFile, part] = [`${path}.rows`, `${path}.part`];
  const rows = await joinRowGroups(rowsFile, { columns: ['series', 'time', 'value'], pruned: [] });
  const series = new Uint32Array(GROUP_ROWS);
  const times = new Float64Array(GROUP_ROWS);
  const values = new Float64Array(GROUP_ROWS);
  let filled = 0;
  let count = 0;
  const flush = async (): Promise<void> => {
    if (filled === 0) return;
    const halves = new Int32Array(filled * 2);
    toHalves(times, filled, halves);
    const columns = [
      { name: 'series', type: UINTEGER, width: 4, data: series },
      { name: 'time', type: TIMESTAMP_MS, width: 8, data: halves },
      { name: 'value', type: DOUBLE, width: 8, data: values },
    ] as const;
    await write(part, columns, filled, { version: 'v2', level: 9 });
    await rows.append([part]);
    filled = 0;
  };
  return {
    async add(name, labelText, samples, from, to) {
      names.appendUInteger(count);
      names.appendVarchar(name);
      names.appendVarchar(labelText);
      names.endRow();
      for (let at = from; at < to;) {
        const some = Math.min(to - at, GROUP_ROWS - filled);
        series.fill(count, filled, filled + some);
        times.set(samples.times.subarray(at, at + some), filled);
        values.set(samples.values.subarray(at, at + some), filled);
        filled += some;
        at += some;
        if (filled === GROUP_ROWS) await flush();
      }
      count++;
    },
    async finish() {
      await flush();
      names.closeSync();
      if (rows.rows > 0) {
        await rows.finish();
        const group = (index: number): string => `regexp_extract_all(n.labels, ${quoted(PAIR)}, ${index})`;
        const unescaped = String.raw`list_transform(${group(2)}, lambda text: replace(replace(replace(text, '\n', chr(10)), '\"', '"'), '\\', '\'))`;
        await connection.run(
          `COPY (SELECT n.name, map(${group(1)}, ${unescaped}) AS labels, r.time, r.value FROM read_parquet(${quoted(rowsFile)}) r JOIN named n ON r.series = n.series)
           TO ${quoted(path)} (FORMAT parquet, COMPRESSION zstd)`,
        );
      } else await rows.abandon();
      for (const file of [rowsFile, part]) await rm(file, { force: true });
      connection.closeSync();
      instance.closeSync();
    },
    left: () => [],
  };
}
