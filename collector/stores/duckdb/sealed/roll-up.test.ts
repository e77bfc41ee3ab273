import { existsSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { DAY, madeDay, run, samplesOf, START } from './made-sealed-day.ts';
import type { MadeDay } from './made-sealed-day.ts';
import type { SealedSeries } from './sealed-day.ts';

let made: MadeDay;
beforeEach(async () => {
  made = await madeDay();
});
afterEach(() => made.remove());

function sourceOf(file: string): string {
  return `'${join(made.path, DAY, file)}' JOIN '${join(made.path, DAY, 'series.parquet')}' n USING (series)`;
}

describe('a sealed day', () => {
  test('rolls up minutes that end with the full minute, and hours of them', async () => {
    // 00:00:00, 00:00:30, 00:01:00, …: the first is a bucket of its own.
    await made.seal([run('power_watts', 0, 30_000, [10, 20, 40, 5, Number.NaN, 7])]);
    const [minutes] = await made.select('1m');
    expect(samplesOf(minutes as SealedSeries)).toEqual([
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
    const [hours] = await made.select('1h');
    expect(samplesOf(hours as SealedSeries)).toEqual([
      [0, 10],
      [150_000, 7],
    ]);
    expect(hours?.buckets?.counts).toEqual(Float64Array.of(1, 4));
    expect(hours?.buckets?.sums).toEqual(Float64Array.of(10, 72));
  });

  test.each([
    ['decimals', (at: number) => Math.round(Math.sin(at) * 1e4) / 100],
    ['no decimals', (at: number) => Math.sin(at)],
    ['large whole numbers', (at: number) => 2 ** 45 + at * 123_456_789],
    ['a few that are no decimals', (at: number) => (at % 40 === 0 ? Math.sin(at) : at % 12)],
    ['a reset now and then', (at: number) => (at % 50) * 12.5],
  ])('has roll-ups that are those of its samples: %s', async (_, valueAt) => {
    const values = Array.from({ length: 3000 }, (__, at) => valueAt(at));
    await made.seal([run('a', 7, 1000, values), run('b_total', 7, 1000, values)]);
    const [gauge, counter] = await made.select('1m');
    expect(gauge?.buckets?.increases).toBeUndefined();
    expect(gauge?.times.length).toBe(50);
    for (const [at, time] of (gauge?.times ?? []).entries()) {
      const first = at === 0 ? 0 : ((gauge?.times[at - 1] as number) - START - 7) / 1000 + 1;
      const own = values.slice(first, (time - START - 7) / 1000 + 1);
      expect(gauge?.buckets?.counts[at]).toBe(own.length);
      expect(gauge?.values[at]).toBe(own.at(-1));
      expect(gauge?.buckets?.mins[at]).toBe(Math.min(...own));
      expect(gauge?.buckets?.maxs[at]).toBe(Math.max(...own));
      const sum = own.reduce((total, value) => total + value, 0);
      expect(Math.abs((gauge?.buckets?.sums[at] as number) - sum)).toBeLessThanOrEqual(1e-12 * Math.max(...own.map(Math.abs)) * own.length);
      const gains = own.map((value, place) => [value, values[first + place - 1]] as const).filter(([, before]) => before !== undefined);
      const gain = gains.reduce((total, [value, before = 0]) => total + (value >= before ? value - before : value), 0);
      expect(counter?.buckets?.increases?.[at]).toBeCloseTo(gain, 6);
    }
  });

  test('keeps what a counter gained across resets', async () => {
    await made.seal([run('job_cpu_seconds_total', 15_000, 15_000, [100, 103, 2, 4, Number.NaN, 5, 1, 1])]);
    const [minutes] = await made.select('1m');
    // 3, then counted anew: 2, 2; then 1, anew 1, 0.
    expect(minutes?.buckets?.increases).toEqual(Float64Array.of(7, 2));
    const names = await (await made.open()).series({ matches: () => true });
    expect(names[0]?.firstValue).toBe(100);
  });

  test('whose samples are not kept any more keeps its roll-ups when something comes late', async () => {
    await made.seal([
      run(
        'a_total',
        10_000,
        10_000,
        Array.from({ length: 12 }, (_, at) => at),
      ),
    ]);
    rmSync(join(made.path, DAY, 'samples.parquet'));
    await made.seal([run('a_total', 115_000, 0, [100]), run('a_total', 130_000, 0, [200]), run('b', 0, 0, [1])], { applied: 2 });
    expect(existsSync(join(made.path, DAY, 'samples.parquet'))).toBe(false);
    expect(await made.select('raw')).toEqual([]);
    const [a, b] = await made.select('1m');
    // Of the minute that both know, the one with more samples.
    expect(samplesOf(a as SealedSeries)).toEqual([
      [60_000, 5],
      [120_000, 11],
      [130_000, 200],
    ]);
    expect(a?.buckets?.counts).toEqual(Float64Array.of(6, 6, 1));
    expect(samplesOf(b as SealedSeries)).toEqual([[0, 1]]);
    expect((await made.open()).has).toEqual({ raw: false, minutes: true, hours: true });
  });

  test('can be read in SQL by what its files say of themselves', async () => {
    const decimals = Array.from({ length: 200 }, (_, at) => (at === 9 ? Math.E : ((at * 7) % 50) / 4));
    await made.seal([
      run('a', 0, 1000, [0.25, 0.5, Math.PI, 1e-300]),
      run('b', 0, 1500, decimals),
      run('c_total', 0, 1000, [1e9, 1e9 + 7, 3]),
    ]);
    const connection = await made.instance.connect();
    const factsOf = async (file: string): Promise<Record<string, string>> => {
      const read = await connection.runAndReadAll(
        `SELECT decode(key), decode(value) FROM parquet_kv_metadata('${join(made.path, DAY, file)}')`,
      );
      return Object.fromEntries(read.getRows()) as Record<string, string>;
    };
    const { times, values } = await factsOf('samples.parquet');
    const read = await connection.runAndReadAll(
      `SELECT epoch_ms(${times}), ${values} FROM ${sourceOf('samples.parquet')} ORDER BY series, time, ms`,
    );
    const found = await made.select('raw');
    expect(read.getRows().map(([time, value]) => [Number(time), value])).toEqual(
      found.flatMap(({ times: own, values: its }) => [...own].map((time, at) => [time, its[at]])),
    );
    const facts = await factsOf('1m.parquet');
    const columns = ['lasts', 'mins', 'maxs', 'sums', 'increases'].map((key) => facts[key]);
    const rolled = await connection.runAndReadAll(
      `SELECT count, counter, ${columns.join(', ')} FROM (SELECT *, ${facts['units']} AS units FROM ${sourceOf('1m.parquet')}) ORDER BY series, time, ms`,
    );
    const buckets = await made.select('1m');
    expect(
      rolled
        .getRows()
        .map(([count, counter, last, min, max, sum, increase]) => [count, last, min, max, sum, counter === true ? increase : undefined]),
    ).toEqual(
      buckets.flatMap(({ values: lasts, buckets: its }) =>
        [...lasts].map((last, at) => [its?.counts[at], last, its?.mins[at], its?.maxs[at], its?.sums[at], its?.increases?.[at]]),
      ),
    );
  });
});
