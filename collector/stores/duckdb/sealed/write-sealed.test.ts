import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { makeLiveDay } from './made-live-day.ts';
import { all, DAY, madeDay, run, samplesOf, START } from './made-sealed-day.ts';
import type { MadeDay } from './made-sealed-day.ts';
import { writeSealed } from './write-sealed.ts';

let made: MadeDay;
beforeEach(async () => {
  made = await madeDay();
});
afterEach(() => made.remove());

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
    await made.seal([run('a', 0, 1000, [1]), run('b', 0, 1000, values), run('c', 0, 1000, [2])]);
    const [, series] = await made.select('raw');
    expect(series?.name).toBe('b');
    const found = [...(series?.values ?? [])];
    expect(found).toHaveLength(values.length);
    for (const [at, value] of found.entries()) expect(Object.is(value, values[at])).toBe(true);
  });

  test('has series in the order of names and labels, samples in the order of their times, each time once, the last that came', async () => {
    const written = await made.seal(
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
    const found = await made.select('raw');
    expect(found.map(({ number, name, labelText }) => [number, name, labelText])).toEqual([
      [0, 'a', '{instance="dahu33"}'],
      [1, 'b', '{instance="dahu2"}'],
      [2, 'b', '{instance="dahu33"}'],
    ]);
    expect(found.map(samplesOf)).toEqual([
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
    await made.seal(hosts.flatMap((labels) => ['a', 'b', 'c'].map((name) => run(name, 0, 1000, [1, 2, 3, 4, 5], labels))));
    const day = await made.open();
    const found = await day.select({
      name: 'b',
      matches: (_, labels) => labels !== hosts[1],
      from: START + 1000,
      to: START + 3000,
      resolution: 'raw',
    });
    expect(found.map(({ name, labelText }) => name + labelText)).toEqual([`b${hosts[0]}`, `b${hosts[2]}`]);
    expect(found.map(samplesOf)).toEqual(
      [0, 1].map(() => [
        [1000, 2],
        [2000, 3],
        [3000, 4],
      ]),
    );
    expect(await day.select({ ...all, resolution: 'raw', from: START + 5000 })).toEqual([]);
    const names = await day.series({ name: 'c', matches: () => true });
    expect(names[0]).toEqual({
      number: 6,
      name: 'c',
      labelText: hosts[0],
      samples: 5,
      first: START,
      last: START + 4000,
      firstValue: 1,
      isCounter: false,
      scale: { factor: 1, divisor: 1 },
    });
  });

  test('is sealed again with what came late, which stands before what was there', async () => {
    await made.seal([run('a', 0, 1000, [1, 2, 3]), run('c', 0, 1000, [7, 8])], { applied: 5 });
    const written = await made.seal([run('b', 0, 1000, [4]), run('a', 1000, 1500, [20, 35])], { applied: 9 });
    expect(written).toEqual({ series: 3, samples: 7, applied: 9 });
    expect((await made.select('raw')).map(samplesOf)).toEqual([
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
    expect((await made.open()).applied).toBe(9);
    expect(readdirSync(made.path).filter((name) => name.startsWith(`${DAY}.seal`))).toEqual([]);
  });

  test('of several row groups is read where its series stand', async () => {
    const series = Array.from({ length: 40 }, (_, at) => `{instance="dahu${String(at).padStart(2, '0')}"}`);
    const values = Array.from({ length: 8000 }, (_, at) => at % 17);
    const written = await made.seal(series.map((labels, at) => run('a', at, 1000, values, labels)));
    expect(written.samples).toBe(320_000);
    const wanted = new Set([3, 4, 20, 39].map((at) => series[at]));
    const found = await (await made.open()).select({ ...all, resolution: 'raw', name: 'a', matches: (_, labels) => wanted.has(labels) });
    expect(found.map(({ number }) => number)).toEqual([3, 4, 20, 39]);
    for (const { number, times, values: own } of found) {
      expect(times[0]).toBe(START + number);
      expect(times.length).toBe(8000);
      expect([...own.subarray(0, 20)]).toEqual(values.slice(0, 20));
    }
  });

  test('whose sealing is broken off leaves nothing', async () => {
    const file = join(made.path, `${DAY}.duckdb`);
    await makeLiveDay(file, [run('a', 0, 1000, [1])], 1);
    const connection = await made.instance.connect();
    await connection.run(`ATTACH '${file}' AS live`);
    const options = { signal: AbortSignal.abort(new Error('the store closes')), rest: 0 };
    await expect(writeSealed({ directory: made.path, day: DAY, instance: made.instance, catalog: 'live' }, options)).rejects.toThrow(
      'the store closes',
    );
    expect(readdirSync(made.path)).toEqual([`${DAY}.duckdb`]);
  });
});
