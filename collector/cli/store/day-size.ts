import { existsSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { DuckDBInstance } from '@duckdb/node-api';
import { declaredMetrics } from '../../expose/declared.gen.ts';
import { readFooter } from '../../stores/duckdb/parquet/read-footer.ts';
import { rowGroupSizes } from '../../stores/duckdb/parquet/row-group-sizes.ts';
import { SEALED_FILES } from '../../stores/duckdb/sealed/folders.ts';
import { quoted } from '../../stores/duckdb/sealed/quoted.ts';

/** How large a day is. */
export interface DaySize {
  readonly day: string;
  readonly state: 'live' | 'sealed';
  readonly series: number;
  readonly samples: number;
  /** Bytes of the samples with their series; undefined where they are not kept any more. */
  readonly bytes: number | undefined;
  /** Bytes of the roll-ups; undefined where they are not kept, or are not made yet. */
  readonly minutes: number | undefined;
  readonly hours: number | undefined;
  /** By measurement. */
  readonly measurements: ReadonlyMap<string, MeasurementSize>;
}

/** How large a measurement is. */
export interface MeasurementSize {
  readonly series: number;
  readonly samples: number;
  readonly bytes: number;
}

const setOf = new Map(
  Object.values(declaredMetrics).flatMap((metrics) => Object.values(metrics).map(({ name, set }) => [name, set] as const)),
);

/** The measurement of a series by its name: as it is declared, or else what stands before the first `_`. */
export function measurementOf(name: string): string {
  return setOf.get(name) ?? /^[^_]+/.exec(name)?.[0] ?? name;
}

/** Measures a sealed day. */
export async function sealedSize(instance: DuckDBInstance, directory: string, day: string): Promise<DaySize> {
  const folder = join(directory, day);
  const bytesOf = (kind: keyof typeof SEALED_FILES): number | undefined =>
    statSync(join(folder, SEALED_FILES[kind]), { throwIfNoEntry: false })?.size;
  const source = `read_parquet(${quoted(join(folder, SEALED_FILES.series))})`;
  const listed = await rowsOf(instance, `SELECT name, samples FROM ${source}`);
  const raw = join(folder, SEALED_FILES.raw);
  const groups = existsSync(raw) ? rowGroupSizes(readFooter(raw)) : [];
  const measurements = new Map<string, MeasurementSize>();
  let samples = 0;
  // Row groups hold whole series, in the order of the list.
  let at = 0;
  let left = groups[0]?.rows ?? 0;
  for (const [name, own] of listed) {
    const count = Number(own);
    samples += count;
    while (left <= 0 && at < groups.length - 1) left += groups[++at]?.rows ?? 0;
    left -= count;
    const group = groups[at];
    add(measurements, String(name), { series: 1, samples: count, bytes: group === undefined ? 0 : (group.bytes * count) / group.rows });
  }
  const [size, series] = [bytesOf('raw'), bytesOf('series') ?? 0];
  const bytes = size === undefined ? undefined : size + series;
  return { day, state: 'sealed', series: listed.length, samples, bytes, minutes: bytesOf('1m'), hours: bytesOf('1h'), measurements };
}

/** Measures a day's live file, attached as `catalog`; what a measurement takes of it goes by its samples. */
export async function liveSize(instance: DuckDBInstance, directory: string, day: string, catalog: string): Promise<DaySize> {
  const bytes = statSync(join(directory, `${day}.duckdb`)).size;
  const listed = await rowsOf(
    instance,
    `SELECT s.name, count(DISTINCT s.labels), sum(r.samples) FROM ${catalog}.series s
     JOIN (SELECT series, sum(len("values")) AS samples FROM ${catalog}.runs GROUP BY series) r ON r.series = s.id GROUP BY s.name`,
  );
  const samples = listed.reduce((sum, [, , own]) => sum + Number(own), 0);
  const measurements = new Map<string, MeasurementSize>();
  for (const [name, series, own] of listed) {
    add(measurements, String(name), { series: Number(series), samples: Number(own), bytes: (bytes * Number(own)) / samples });
  }
  const series = listed.reduce((sum, [, own]) => sum + Number(own), 0);
  return { day, state: 'live', series, samples, bytes, minutes: undefined, hours: undefined, measurements };
}

function add(measurements: Map<string, MeasurementSize>, name: string, size: MeasurementSize): void {
  const measurement = measurementOf(name);
  const before = measurements.get(measurement) ?? { series: 0, samples: 0, bytes: 0 };
  measurements.set(measurement, {
    series: before.series + size.series,
    samples: before.samples + size.samples,
    bytes: before.bytes + size.bytes,
  });
}

async function rowsOf(instance: DuckDBInstance, sql: string): Promise<readonly (readonly unknown[])[]> {
  const connection = await instance.connect();
  try {
    return (await connection.runAndReadAll(sql)).getRows();
  } finally {
    connection.closeSync();
  }
}
