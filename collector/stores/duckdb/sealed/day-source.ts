import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { DuckDBConnection, DuckDBInstance } from '@duckdb/node-api';
import { BUCKET_SQL } from './bucket-values.ts';
import { bucketCursor, runCursor, sampleCursor } from './cursors.ts';
import type { Cursor } from './cursors.ts';
import { SEALED_FILES } from './folders.ts';
import type { Gathered } from './gathered.ts';
import { listSeries } from './list-series.ts';
import { quoted } from './quoted.ts';
import type { OlderBucket } from './roll-up.ts';
import { SAMPLE_SQL } from './sample-values.ts';
import { sealedApplied } from './sealed-applied.ts';
import type { SealedName } from './sealed-day.ts';
import type { Scale } from './units.ts';
import { doublesOf, wholesOf } from './vectors.ts';

/** Everything there is of a day: its live file, and what was sealed of it before. Series are numbered anew, in the order of (name, labels). */
export interface DaySource {
  /** Has the temporary table `vigie_named` (number, name, labels). */
  readonly connection: DuckDBConnection;
  /** How many numbers there are. */
  readonly series: number;
  /** The highest log record whose rows are in it. */
  readonly applied: number;
  /** Names in order, each with its first number. */
  readonly names: readonly { readonly name: string; readonly first: number }[];
  /** The samples of the live file, in the order they came; passes one after the other, as long as they have rows, so that little has to be sorted at once. */
  live(): AsyncGenerator<Cursor<Gathered>>;
  readonly older: OlderDay | undefined;
  /** Ends the statements that run. */
  interrupt(): void;
  close(): void;
}

/** What was sealed of a day before. */
export interface OlderDay {
  /** Undefined where the samples are not kept any more: then their roll-ups stand for them. */
  readonly samples: Cursor<Gathered> | undefined;
  readonly minutes: Cursor<OlderBucket[]> | undefined;
  readonly hours: Cursor<OlderBucket[]> | undefined;
  /** By number; only where there are no samples. */
  readonly known: ReadonlyMap<number, SealedName>;
}

/** Samples that are sorted at once; of large days no less than a part, as each pass reads the file. */
const PASS_SAMPLES = 4_194_304;
const MOST_PASSES = 24;

/** Opens a day of the folder; `catalog` is where its live file is attached, undefined where there is none. */
export async function openDaySource(instance: DuckDBInstance, catalog: string | undefined, folder: string): Promise<DaySource> {
  const connections: DuckDBConnection[] = [];
  const connect = async (): Promise<DuckDBConnection> => {
    const connection = await instance.connect();
    connections.push(connection);
    return connection;
  };
  const close = (): void => {
    for (const connection of connections) connection.closeSync();
  };
  try {
    const connection = await connect();
    const older = existsSync(join(folder, SEALED_FILES.series)) ? `read_parquet(${quoted(join(folder, SEALED_FILES.series))})` : undefined;
    await nameSeries(connection, catalog, older);
    const [[series = 0] = []] = await rowsOf(connection, 'SELECT count(*) FROM vigie_named');
    return {
      connection,
      series: Number(series),
      applied: Math.max(await appliedOf(connection, catalog), sealedApplied(folder)),
      names: (await rowsOf(connection, 'SELECT name, min(number) FROM vigie_named GROUP BY name ORDER BY 2')).map(([name, first]) => ({
        name: String(name),
        first: Number(first),
      })),
      live: () => livePasses(connection, catalog),
      older: older === undefined ? undefined : await openOlder(connection, connect, folder, older),
      interrupt: () => {
        for (const one of connections) one.interrupt();
      },
      close,
    };
  } catch (error) {
    close();
    throw error;
  }
}

async function nameSeries(connection: DuckDBConnection, catalog: string | undefined, older: string | undefined): Promise<void> {
  const sources = [catalog === undefined ? [] : `${catalog}.series`, older ?? []].flat();
  const all = sources.map((source) => `SELECT name, labels FROM ${source}`).join(' UNION ALL ');
  await connection.run(
    `CREATE TEMP TABLE vigie_named AS
     SELECT (row_number() OVER (ORDER BY name, labels) - 1)::UINTEGER AS number, name, labels FROM (SELECT DISTINCT name, labels FROM (${all}))`,
  );
  if (catalog === undefined) return;
  await connection.run(
    `CREATE TEMP TABLE vigie_numbers AS SELECT s.id, n.number FROM ${catalog}.series s JOIN vigie_named n ON s.name = n.name AND s.labels = n.labels`,
  );
}

async function* livePasses(connection: DuckDBConnection, catalog: string | undefined): AsyncGenerator<Cursor<Gathered>> {
  if (catalog === undefined) return;
  for (const [from, to] of await passesOf(connection, catalog)) {
    yield await runCursor({
      connection,
      sql: `SELECT n.number, epoch_ms(r.start)::DOUBLE, r.step, r."values" FROM ${catalog}.runs r JOIN vigie_numbers n ON r.series = n.id
        WHERE n.number BETWEEN ${from} AND ${to} ORDER BY n.number, r.rowid`,
    });
  }
}

async function passesOf(connection: DuckDBConnection, catalog: string): Promise<[number, number][]> {
  const [[total] = []] = await rowsOf(connection, `SELECT sum(len("values")) FROM ${catalog}.runs`);
  const most = Math.max(PASS_SAMPLES, Math.ceil(Number(total ?? 0) / MOST_PASSES));
  if (Number(total ?? 0) <= most) return [[0, 2 ** 32 - 1]];
  const result = await connection.stream(
    `SELECT n.number, sum(len(r."values"))::DOUBLE FROM ${catalog}.runs r JOIN vigie_numbers n ON r.series = n.id GROUP BY 1 ORDER BY 1`,
  );
  const passes: [number, number][] = [];
  let [from, samples] = [0, 0];
  for await (const chunk of result) {
    const numbers = wholesOf(chunk, 0);
    const counts = doublesOf(chunk, 1);
    for (const [at, number] of numbers.entries()) {
      samples += counts[at] as number;
      if (samples < most) continue;
      passes.push([from, number]);
      [from, samples] = [number + 1, 0];
    }
  }
  return [...passes, [from, 2 ** 32 - 1]];
}

async function openOlder(
  connection: DuckDBConnection,
  connect: () => Promise<DuckDBConnection>,
  folder: string,
  series: string,
): Promise<OlderDay> {
  const listed = await listSeries(connection, series, '');
  const numbers = await rowsOf(
    connection,
    `SELECT o.series, n.number FROM ${series} o JOIN vigie_named n ON o.name = n.name AND o.labels = n.labels`,
  );
  const size = numbers.reduce((most, [number]) => Math.max(most, Number(number) + 1), 0);
  const renamed = new Uint32Array(size);
  for (const [old, number] of numbers) renamed[Number(old)] = Number(number);
  const byNumber = new Map(listed.map((one) => [one.number, one]));
  const scales = (number: number): Scale | undefined => byNumber.get(number)?.scale;
  const source = (file: string): string => `read_parquet(${quoted(join(folder, file))})`;
  const has = (resolution: 'raw' | '1m' | '1h'): boolean => existsSync(join(folder, SEALED_FILES[resolution]));
  const buckets = async (resolution: '1m' | '1h'): Promise<Cursor<OlderBucket[]> | undefined> => {
    if (!has(resolution)) return undefined;
    const sql = `SELECT ${BUCKET_SQL} FROM ${source(SEALED_FILES[resolution])}`;
    return bucketCursor({ connection: await connect(), sql, renamed }, scales, (number) => byNumber.get(number)?.isCounter === true);
  };
  if (has('raw')) {
    const sql = `SELECT ${SAMPLE_SQL} FROM ${source(SEALED_FILES.raw)}`;
    const samples = await sampleCursor({ connection: await connect(), sql, renamed }, scales);
    return { samples, minutes: undefined, hours: undefined, known: new Map() };
  }
  const known = new Map(listed.map((one) => [renamed[one.number] as number, one]));
  return { samples: undefined, minutes: await buckets('1m'), hours: await buckets('1h'), known };
}

async function appliedOf(connection: DuckDBConnection, catalog: string | undefined): Promise<number> {
  if (catalog === undefined) return 0;
  const [[applied] = []] = await rowsOf(connection, `SELECT max(wal) FROM ${catalog}.applied`);
  return Number(applied ?? 0);
}

async function rowsOf(connection: DuckDBConnection, sql: string): Promise<readonly (readonly unknown[])[]> {
  return (await connection.runAndReadAll(sql)).getRows();
}
