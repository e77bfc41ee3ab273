import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { seeded } from '../../../agent/contract/seeded.ts';
import { temporaryFolder } from '../../../test/collector.ts';
import { openDuckdb } from '../../../test/open-duckdb.ts';
import type { OpenDuckdb } from '../../../test/open-duckdb.ts';
import type { SeriesSamples } from '../../promql/queryable.ts';

const MINUTE = 60_000;
const DAY = 86_400_000;
const today = Math.floor(Date.now() / DAY) * DAY;
const dayOf = (time: number): string => new Date(time).toISOString().slice(0, 10);
const matchers = [{ name: '__name__', op: '=' as const, value: 'work_done_total' }];

const cleanups: (() => Promise<void> | void)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

interface Sample {
  readonly time: number;
  readonly value: number;
}

// A counter that starts anew now and then, from five days ago until today; four stretches of a day, one of them over midnight.
function counter(): Sample[] {
  const random = seeded(5);
  const samples: Sample[] = [];
  let value = 100;
  for (let day = 5; day >= 0; day--) {
    for (const start of [0, 3_600_000 * 9, DAY - 600_000]) {
      for (let at = 0; at < 60; at++) {
        value = random() < 0.03 ? Math.floor(random() * 5) : value + Math.floor(random() * 10);
        samples.push({ time: today - day * DAY + start + at * 10_000, value });
      }
    }
  }
  return samples.filter(({ time }) => time < today + DAY);
}

// Days that are sealed, of which the oldest have no samples any more; today waits.
async function stored(samples: readonly Sample[]): Promise<OpenDuckdb> {
  const folder = temporaryFolder();
  cleanups.push(() => folder.remove());
  const first = await openDuckdb(folder.path);
  await first.write(samples.map(({ time, value }) => `work,instance=a done_total=${value} ${time}\n`).join(''));
  for (let day = 5; day > 0; day--) await first.store.seal(dayOf(today - day * DAY));
  await first.store.close(AbortSignal.timeout(5000));
  const store = await openDuckdb(folder.path, { retention: '2d' });
  cleanups.push(() => store.store.close(AbortSignal.timeout(5000)));
  const gone = (day: number): boolean => !existsSync(join(folder.path, 'duckdb', dayOf(today - day * DAY), 'samples.parquet'));
  await expect.poll(() => [1, 2, 3, 4, 5].map(gone)).toEqual([false, false, true, true, true]);
  return store;
}

async function read(
  { queryable }: OpenDuckdb,
  call: string,
  range: number,
  from = today - 6 * DAY,
  to = today + DAY,
): Promise<SeriesSamples> {
  const selection = { matchers, from, to, hint: { call, range, step: MINUTE } };
  const found: SeriesSamples[] = [];
  for await (const piece of queryable.select(selection, new AbortController().signal)) found.push(...piece);
  expect(found).toHaveLength(1);
  return found[0] as SeriesSamples;
}

function total(column: Float64Array | undefined): number {
  return (column ?? new Float64Array(0)).reduce((sum, value) => sum + value, 0);
}

describe('a time of which the samples have partly gone is answered', () => {
  it('with buckets that come to what all samples come to', async () => {
    const samples = counter();
    const { times, values, buckets } = await read(await stored(samples), 'sum_over_time', 5 * MINUTE);
    expect(buckets?.resolution).toBe(MINUTE);
    expect(total(buckets?.counts)).toBe(samples.length);
    expect(total(buckets?.sums)).toBe(samples.reduce((sum, { value }) => sum + value, 0));
    expect(Math.min(...(buckets?.mins ?? []))).toBe(Math.min(...samples.map(({ value }) => value)));
    expect(Math.max(...(buckets?.maxs ?? []))).toBe(Math.max(...samples.map(({ value }) => value)));
    // Every time is that of a sample, and its value is that sample's.
    const valueAt = new Map(samples.map(({ time, value }) => [time, value]));
    expect([...values]).toEqual(Array.from(times, (time) => valueAt.get(time)));
    expect([...times]).toEqual([...times].sort((a, b) => a - b));
    expect(times.length).toBeLessThan(samples.length / 3);
  });

  it('with a counter without its resets where a rate is asked for', async () => {
    const samples = counter();
    const { times, values, buckets } = await read(await stored(samples), 'rate', 5 * MINUTE);
    expect(buckets?.resolution).toBe(MINUTE);
    let [last, sum] = [0, 0];
    const wanted = new Map(
      samples.map(({ time, value }, at) => {
        sum += at === 0 ? value : value >= last ? value - last : value;
        last = value;
        return [time, sum];
      }),
    );
    const offset = (wanted.get(times[0] as number) as number) - (values[0] as number);
    expect([...values].map((value) => value + offset)).toEqual(Array.from(times, (time) => wanted.get(time)));
  });

  it('of a part of a day, from its middle on', async () => {
    const samples = counter();
    const store = await stored(samples);
    const from = today - 4 * DAY + 9 * 3_600_000 + 3 * MINUTE + 1;
    const { times, values } = await read(store, 'increase', 5 * MINUTE, from, from + 5 * MINUTE);
    const inside = samples.filter(({ time }) => time >= from && time <= from + 5 * MINUTE);
    expect([times.at(-1), times.length]).toEqual([inside.at(-1)?.time, 5]);
    const gains = inside
      .slice(1)
      .reduce((sum, { value }, at) => sum + (value >= (inside[at]?.value ?? 0) ? value - (inside[at]?.value ?? 0) : value), 0);
    // The first bucket's last sample is the one that is counted from.
    const first = inside.findIndex(({ time }) => time === times[0]);
    const before = inside
      .slice(1, first + 1)
      .reduce((sum, { value }, at) => sum + (value >= (inside[at]?.value ?? 0) ? value - (inside[at]?.value ?? 0) : value), 0);
    expect((values.at(-1) as number) - (values[0] as number)).toBe(gains - before);
  });

  it('with samples alone where none have gone, and with nothing of what has gone where every sample is needed', async () => {
    const samples = counter();
    const store = await stored(samples);
    const recent = await read(store, '', 0, today - DAY, today + DAY - 1);
    expect(recent.buckets).toBeUndefined();
    const needed = await read(store, 'quantile_over_time', 5 * MINUTE);
    expect(needed.buckets).toBeUndefined();
    expect([...needed.times]).toEqual(samples.map(({ time }) => time).filter((time) => time >= today - 2 * DAY));
  });
});
