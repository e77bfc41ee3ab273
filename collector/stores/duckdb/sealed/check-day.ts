import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { DuckDBConnection, DuckDBInstance } from '@duckdb/node-api';
import { messageOf } from '../../../../agent/contract/errors.ts';
import { isWhole } from './checksums.ts';
import { BUCKET_SQL } from './bucket-values.ts';
import { bucketCursor, sampleCursor } from './cursors.ts';
import type { Cursor } from './cursors.ts';
import { SEALED_FILES } from './folders.ts';
import { clearGathered, emptyGathered } from './gathered.ts';
import type { Gathered } from './gathered.ts';
import { listSeries } from './list-series.ts';
import { quoted } from './quoted.ts';
import { emptyBuckets, rollUp } from './roll-up.ts';
import type { OlderBucket } from './roll-up.ts';
import { SAMPLE_SQL } from './sample-values.ts';
import type { SealedName } from './sealed-day.ts';
import type { Scale } from './units.ts';

/** What is wrong with a file. */
export interface FileFault {
  readonly path: string;
  readonly problem: string;
}

/** What was found of a day. */
export interface CheckedDay {
  readonly series: number;
  readonly samples: number;
  readonly faults: readonly FileFault[];
}

type Kind = keyof typeof SEALED_FILES;
const KINDS = ['series', 'raw', '1m', '1h'] as const;
const RESOLUTIONS = { '1m': 60_000, '1h': 3_600_000 } as const;

/** Reads every row of a sealed day: whether the files are what was written, in order, complete, and the roll-ups those of the samples. */
export async function checkSealedDay(instance: DuckDBInstance, folder: string): Promise<CheckedDay> {
  const faults: FileFault[] = [];
  const blame = (kind: Kind, problem: string): void => void faults.push({ path: join(folder, SEALED_FILES[kind]), problem });
  for (const kind of KINDS) {
    if (existsSync(join(folder, SEALED_FILES[kind])) && !(await isWhole(folder, SEALED_FILES[kind]))) {
      blame(kind, 'it has changed since it was written (SHA256SUMS)');
    }
  }
  const sound = (kind: Kind): boolean =>
    existsSync(join(folder, SEALED_FILES[kind])) && !faults.some(({ path }) => path === join(folder, SEALED_FILES[kind]));
  const attempt = async <Result>(kind: Kind, read: () => Promise<Result>): Promise<Result | undefined> => {
    try {
      return sound(kind) ? await read() : undefined;
    } catch (error) {
      blame(kind, messageOf(error));
      return undefined;
    }
  };
  const listed = await attempt('series', () => readListed(instance, folder));
  if (listed === undefined) {
    if (faults.length === 0) blame('series', 'it is missing');
    return { series: 0, samples: 0, faults };
  }
  for (const kind of ['1m', '1h'] as const) await attempt(kind, () => checkBuckets(instance, folder, kind, listed));
  await attempt('raw', () => checkSamples(instance, folder, listed));
  for (const kind of ['1m', '1h'] as const) {
    if (sound('raw')) await attempt(kind, () => compareBuckets(instance, folder, kind, listed));
  }
  return { series: listed.length, samples: listed.reduce((sum, { samples }) => sum + samples, 0), faults };
}

async function readListed(instance: DuckDBInstance, folder: string): Promise<SealedName[]> {
  const connection = await instance.connect();
  try {
    const listed = await listSeries(connection, sourceOf(folder, 'series'), '');
    for (const [at, { number }] of listed.entries()) {
      if (at > 0 && number <= (listed[at - 1]?.number ?? -1)) throw new Error(`series ${number} stands behind ${listed[at - 1]?.number}`);
    }
    return listed;
  } finally {
    connection.closeSync();
  }
}

async function checkSamples(instance: DuckDBInstance, folder: string, listed: readonly SealedName[]): Promise<void> {
  await eachSeries(instance, folder, listed, (series, { length, times }) => {
    if (length !== series.samples) throw new Error(`series ${series.number} has ${length} samples instead of ${series.samples}`);
    for (let at = 1; at < length; at++) {
      if ((times[at] as number) <= (times[at - 1] as number)) throw new Error(`the times of series ${series.number} do not rise`);
    }
  });
}

async function checkBuckets(instance: DuckDBInstance, folder: string, kind: '1m' | '1h', listed: readonly SealedName[]): Promise<void> {
  const connection = await instance.connect();
  try {
    const cursor = await openBuckets(connection, folder, kind, listed);
    for (let before = -1, number = cursor.number; number !== undefined; before = number, number = cursor.number) {
      if (number <= before) throw new Error(`series ${number} stands behind ${before}`);
      const rows: OlderBucket[] = [];
      await cursor.take(rows);
      for (const [at, [time = 0]] of rows.entries()) {
        if (at > 0 && time <= (rows[at - 1]?.[0] ?? 0)) throw new Error(`the times of series ${number} do not rise`);
      }
    }
  } finally {
    connection.closeSync();
  }
}

// Rolled up again, the samples give what stands there.
async function compareBuckets(instance: DuckDBInstance, folder: string, kind: '1m' | '1h', listed: readonly SealedName[]): Promise<void> {
  const connection = await instance.connect();
  const buckets = emptyBuckets();
  try {
    const cursor = await openBuckets(connection, folder, kind, listed);
    await eachSeries(instance, folder, listed, async ({ number, isCounter }, samples) => {
      buckets.length = 0;
      rollUp(buckets, number, samples, RESOLUTIONS[kind], isCounter);
      const rows: OlderBucket[] = [];
      if (cursor.number === number) await cursor.take(rows);
      const { length, times, counts, sums, mins, maxs, lasts, increases } = buckets;
      if (rows.length !== length) throw new Error(`series ${number} has ${rows.length} buckets; its samples make ${length}`);
      for (const [at, [time, count, sum, min, max, last, increase]] of rows.entries()) {
        const same = [times[at], counts[at], mins[at], maxs[at], lasts[at]].every(
          (own, place) => own === [time, count, min, max, last][place],
        );
        const close = isClose(sum, sums[at], sum) && isClose(increase, increases[at], last);
        if (!same || !close) {
          throw new Error(`the bucket of series ${number} at ${new Date(times[at] as number).toISOString()} is not that of its samples`);
        }
      }
    });
    if (cursor.number !== undefined) throw new Error(`series ${cursor.number} has buckets without samples`);
  } finally {
    connection.closeSync();
  }
}

function isClose(one = Number.NaN, other = Number.NaN, size = 0): boolean {
  return Object.is(one, other) || Math.abs(one - other) <= 1e-12 * Math.abs(size);
}

// The samples of every series that is listed; all that there are.
async function eachSeries(
  instance: DuckDBInstance,
  folder: string,
  listed: readonly SealedName[],
  look: (series: SealedName, samples: Gathered) => void | Promise<void>,
): Promise<void> {
  const connection = await instance.connect();
  try {
    const sql = `SELECT ${SAMPLE_SQL} FROM ${sourceOf(folder, 'raw')}`;
    const cursor = await sampleCursor({ connection, sql }, scalesOf(listed));
    const samples = emptyGathered();
    for (const series of listed) {
      clearGathered(samples);
      if (cursor.number === series.number) await cursor.take(samples);
      await look(series, samples);
    }
    if (cursor.number !== undefined) throw new Error(`series ${cursor.number} is not listed, or not where it should stand`);
  } finally {
    connection.closeSync();
  }
}

function openBuckets(
  connection: DuckDBConnection,
  folder: string,
  kind: '1m' | '1h',
  listed: readonly SealedName[],
): Promise<Cursor<OlderBucket[]>> {
  const counters = new Set(listed.filter(({ isCounter }) => isCounter).map(({ number }) => number));
  const sql = `SELECT ${BUCKET_SQL} FROM ${sourceOf(folder, kind)}`;
  return bucketCursor({ connection, sql }, scalesOf(listed), (number) => counters.has(number));
}

function scalesOf(listed: readonly SealedName[]): (number: number) => Scale | undefined {
  const scales = new Map(listed.map(({ number, scale }) => [number, scale]));
  return (number) => scales.get(number);
}

function sourceOf(folder: string, kind: Kind): string {
  return `read_parquet(${quoted(join(folder, SEALED_FILES[kind]))})`;
}
