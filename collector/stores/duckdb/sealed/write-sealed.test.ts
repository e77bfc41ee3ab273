import { existsSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { temporaryFolder } from '../../../../test/collector.ts';
import { openReaders } from '../readers.ts';
import { keepSealed, replaceDay } from './folders.ts';
import { knownNames } from './known-names.ts';
import { makeLiveDay } from './made-live-day.ts';
import type { MadeRun } from './made-live-day.ts';
import { openSealed } from './open-sealed.ts';
import type { Resolution, SealedDay, SealedSeries } from './sealed-day.ts';
import { writeSealed } from './write-sealed.ts';
import type { Written } from './write-sealed.ts';

const DAY = '2026-11-20';
const START = Date.UTC(2026, 10, 20);
const all = { matches: () => true, from: 0, to: Number.MAX_SAFE_INTEGER };

let folder: ReturnType<typeof temporaryFolder>;
let instance: DuckDBInstance;
beforeEach(async () => {
  folder = temporaryFolder();
  instance = await DuckDBInstance.create(':memory:', { threads: '1' });
});
afterEach(() => {
  instance.closeSync();
  folder.remove();
});

async function seal(runs: readonly MadeRun[], { applied = 1, renumber }: { applied?: number; renumber?: number } = {}): Promise<Written> {
  const file = join(folder.path, `${DAY}.duckdb`);
  rmSync(file, { force: true });
  await makeLiveDay(file, runs, applied, renumber);
  const connection = await instance.connect();
  await connection.run(`ATTACH '${file}' AS live`);
  const options = { signal: new AbortController().signal, rest: 0 };
  const written = await writeSealed({ directory: folder.path, day: DAY, instance, catalog: 'live' }, options);
  await connection.run('DETACH live');
  keepSealed(folder.path, DAY);
  replaceDay(folder.path, DAY);
  return written;
}

const damaged = (path: string): never => {
  throw new Error(`${path} was set aside`);
};

async function open(): Promise<SealedDay> {
  const readers = await openReaders(instance, { reading: '256MiB', otherwise: '256MiB' });
  return openSealed({ readers, directory: folder.path, known: knownNames(1e6), damaged }, DAY);
}

async function select(resolution: Resolution): Promise<SealedSeries[]> {
  return (await open()).select({ ...all, resolution });
}

const run = (name: string, start: number, step: number, values: readonly number[], labelText = '{instance="dahu33"}'): MadeRun => ({
  name,
  labelText,
  start: START + start,
  step,
  values,
});

const samples = ({ times, values }: SealedSeries): [number, number][] => [...times].map((time, at) => [time - START, values[at] as number]);

describe('a sealed day', () => {
  test.each([
    ['whole numbers', [1, 2, 3, 3, 3, 2 ** 40]],
    ['decimals', [0.1, 0.2, 0.30000000000000004, 12.345, -7.25]],
    ['multiples of a page', [4096, 8192, 81_920, 0]],
    ['what is no decimal', [Math.PI, Math.E, 1 / 3, Math.SQRT2]],
    ['a few that are no decimals', [...Array.from({ length: 40 }, (_, at) => at / 100), Math.PI, 1e300]],
    ['the largest and the least', [Number.MAX_VALUE, Number.MIN_VALUE, 2 ** 53, 2 ** 53 + 2, -(2 ** 53), -(2 ** 52), 2 ** 52]],
    ['no numbers', [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, Number.NaN, 1, 2]],
    ['zeros', [0, 0, 0]],
    ['a single value', [1_795_193_574.123]],
  ])('has the values that came to the last bit: %s', async (_, values) => {
    await seal([run('a', 0, 1000, [1]), run('b', 0, 1000, values), run('c', 0, 1000, [2])]);
    const [, series] = await select('raw');
    expect(series?.name).toBe('b');
    const found = [...(series?.values ?? [])];
    expect(found).toHaveLength(values.length);
    for (const [at, value] of found.entries()) expect(Object.is(value, values[at])).toBe(true);
  });

  test('has series in the order of names and labels, samples in the order of their times, each time once, the last that came', async () => {
    const written = await seal(
      [
        run('b', 0, 1000, [1, 2, 3]),
        run('a', 5000, 1000, [50, 60]),
        run('b', 1000, 0, [20], '{instance="dahu2"}'),
        run('a', 4000, 1000, [40, 51, 61]),
        run('b', 2000, 500, [30, 35, 40]),
      ],
      { renumber: 2 },
    );
    expect(written).toEqual({ series: 3, samples: 3 + 1 + 5, applied: 1 });
    const found = await select('raw');
    expect(found.map(({ number, name, labelText }) => [number, name, labelText])).toEqual([
      [0, 'a', '{instance="dahu33"}'],
      [1, 'b', '{instance="dahu2"}'],
      [2, 'b', '{instance="dahu33"}'],
    ]);
    expect(found.map(samples)).toEqual([
      [
        [4000, 40],
        [5000, 51],
        [6000, 61],
      ],
      [[1000, 20]],
      [
        [0, 1],
        [1000, 2],
        [2000, 30],
        [2500, 35],
        [3000, 40],
      ],
    ]);
  });

  test('is read in parts: by name, by labels, by time', async () => {
    const hosts = ['dahu1', 'dahu2', 'dahu3'].map((host) => `{instance="${host}"}`);
    await seal(hosts.flatMap((labels) => ['a', 'b', 'c'].map((name) => run(name, 0, 1000, [1, 2, 3, 4, 5], labels))));
    const day = await open();
    const found = await day.select({
      name: 'b',
      matches: (_, labels) => labels !== hosts[1],
      from: START + 1000,
      to: START + 3000,
      resolution: 'raw',
    });
    expect(found.map(({ name, labelText }) => name + labelText)).toEqual([`b${hosts[0]}`, `b${hosts[2]}`]);
    expect(found.map(samples)).toEqual(
      [0, 1].map(() => [
        [1000, 2],
        [2000, 3],
        [3000, 4],
      ]),
    );
    expect(await day.select({ ...all, resolution: 'raw', from: START + 5000 })).toEqual([]);
    const names = await day.series({ name: 'c', matches: () => true });
    expect(names[0]).toEqual({ number: 6, name: 'c', labelText: hosts[0], samples: 5, first: START, last: START + 4000, firstValue: 1 });
  });

  test('rolls up minutes that end with the full minute, and hours of them', async () => {
    // 00:00:00, 00:00:30, 00:01:00, …: the first is a bucket of its own.
    await seal([run('power_watts', 0, 30_000, [10, 20, 40, 5, Number.NaN, 7])]);
    const [minutes] = await select('1m');
    expect(samples(minutes as SealedSeries)).toEqual([
      [0, 10],
      [60_000, 40],
      [90_000, 5],
      [150_000, 7],
    ]);
    expect(minutes?.buckets).toEqual({
      counts: Float64Array.of(1, 2, 1, 1),
      sums: Float64Array.of(10, 60, 5, 7),
      mins: Float64Array.of(10, 20, 5, 7),
      maxs: Float64Array.of(10, 40, 5, 7),
      increases: undefined,
    });
    const [hours] = await select('1h');
    expect(samples(hours as SealedSeries)).toEqual([
      [0, 10],
      [150_000, 7],
    ]);
    expect(hours?.buckets?.counts).toEqual(Float64Array.of(1, 4));
    expect(hours?.buckets?.sums).toEqual(Float64Array.of(10, 72));
  });

  test('keeps what a counter gained across resets', async () => {
    await seal([run('job_cpu_seconds_total', 15_000, 15_000, [100, 103, 2, 4, Number.NaN, 5, 1, 1])]);
    const [minutes] = await select('1m');
    // 3, then counted anew: 2, 2; then 1, anew 1, 0.
    expect(minutes?.buckets?.increases).toEqual(Float64Array.of(7, 2));
    const names = await (await open()).series({ matches: () => true });
    expect(names[0]?.firstValue).toBe(100);
  });

  test('is sealed again with what came late, which stands before what was there', async () => {
    await seal([run('a', 0, 1000, [1, 2, 3]), run('c', 0, 1000, [7, 8])], { applied: 5 });
    const written = await seal([run('b', 0, 1000, [4]), run('a', 1000, 1500, [20, 35])], { applied: 9 });
    expect(written).toEqual({ series: 3, samples: 7, applied: 9 });
    expect((await select('raw')).map(samples)).toEqual([
      [
        [0, 1],
        [1000, 20],
        [2000, 3],
        [2500, 35],
      ],
      [[0, 4]],
      [
        [0, 7],
        [1000, 8],
      ],
    ]);
    expect((await open()).applied).toBe(9);
    expect(readdirSync(folder.path).filter((name) => name.startsWith(`${DAY}.seal`))).toEqual([]);
  });

  test('whose samples are not kept any more keeps its roll-ups when something comes late', async () => {
    await seal([
      run(
        'a_total',
        10_000,
        10_000,
        Array.from({ length: 12 }, (_, at) => at),
      ),
    ]);
    rmSync(join(folder.path, DAY, 'samples.parquet'));
    await seal([run('a_total', 115_000, 0, [100]), run('a_total', 130_000, 0, [200]), run('b', 0, 0, [1])], { applied: 2 });
    expect(existsSync(join(folder.path, DAY, 'samples.parquet'))).toBe(false);
    expect(await select('raw')).toEqual([]);
    const [a, b] = await select('1m');
    // Of the minute that both know, the one with more samples.
    expect(samples(a as SealedSeries)).toEqual([
      [60_000, 5],
      [120_000, 11],
      [130_000, 200],
    ]);
    expect(a?.buckets?.counts).toEqual(Float64Array.of(6, 6, 1));
    expect(samples(b as SealedSeries)).toEqual([[0, 1]]);
    expect((await open()).has).toEqual({ raw: false, minutes: true, hours: true });
  });

  test('can be read in SQL by what its file says of itself', async () => {
    await seal([
      run('a', 0, 1000, [0.25, 0.5, Math.PI, 1e-300]),
      run(
        'b',
        0,
        1000,
        Array.from({ length: 20 }, (_, at) => (at === 9 ? Math.E : at / 4)),
      ),
    ]);
    const connection = await instance.connect();
    const file = join(folder.path, DAY, 'samples.parquet');
    const facts = await connection.runAndReadAll(`SELECT decode(value) FROM parquet_kv_metadata('${file}') WHERE decode(key) = 'values'`);
    const read = await connection.runAndReadAll(`SELECT ${String(facts.getRows()[0]?.[0])} FROM '${file}' ORDER BY series, time, ms`);
    expect(read.getRows().map(([value]) => value)).toEqual([
      0.25,
      0.5,
      Math.PI,
      1e-300,
      ...Array.from({ length: 20 }, (_, at) => (at === 9 ? Math.E : at / 4)),
    ]);
  });

  test('of several row groups is read where its series stand', async () => {
    const series = Array.from({ length: 40 }, (_, at) => `{instance="dahu${String(at).padStart(2, '0')}"}`);
    const values = Array.from({ length: 8000 }, (_, at) => at % 17);
    const written = await seal(series.map((labels, at) => run('a', at, 1000, values, labels)));
    expect(written.samples).toBe(320_000);
    const wanted = new Set([3, 4, 20, 39].map((at) => series[at]));
    const found = await (await open()).select({ ...all, resolution: 'raw', name: 'a', matches: (_, labels) => wanted.has(labels) });
    expect(found.map(({ number }) => number)).toEqual([3, 4, 20, 39]);
    for (const { number, times, values: own } of found) {
      expect(times[0]).toBe(START + number);
      expect(times.length).toBe(8000);
      expect([...own.subarray(0, 20)]).toEqual(values.slice(0, 20));
    }
  });

  test('whose sealing is broken off leaves nothing', async () => {
    const file = join(folder.path, `${DAY}.duckdb`);
    await makeLiveDay(file, [run('a', 0, 1000, [1])], 1);
    const connection = await instance.connect();
    await connection.run(`ATTACH '${file}' AS live`);
    const options = { signal: AbortSignal.abort(new Error('the store closes')), rest: 0 };
    await expect(writeSealed({ directory: folder.path, day: DAY, instance, catalog: 'live' }, options)).rejects.toThrow('the store closes');
    expect(readdirSync(folder.path)).toEqual([`${DAY}.duckdb`]);
  });
});
