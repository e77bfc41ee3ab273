import { describe, expect, it } from 'vitest';
import { sampleCache } from './sample-cache.ts';
import type { SampleCache } from './sample-cache.ts';
import type { Stretch } from './samples.ts';

const DAY = '2026-11-20';

function rows(...times: readonly number[]): Stretch {
  return { times: Float64Array.from(times), values: Float64Array.from(times, (time) => time * 10), from: 0, to: times.length };
}

function held(cache: SampleCache, place: number, from: number): number[] | undefined {
  const stretch = cache.get(DAY, place, from);
  return stretch === undefined ? undefined : [...stretch.times.subarray(stretch.from, stretch.to)];
}

describe('the cache of decoded samples', () => {
  it('has a series from the time on that it was read from, and nothing before', () => {
    const cache = sampleCache(1 << 20);
    cache.put(DAY, 1, 100, rows(100, 105, 110));
    expect(held(cache, 1, 100)).toEqual([100, 105, 110]);
    expect(held(cache, 1, 106)).toEqual([110]);
    expect(held(cache, 1, 99)).toBeUndefined();
    expect(held(cache, 2, 100)).toBeUndefined();
    expect(cache.get('2026-11-19', 1, 100)).toBeUndefined();
  });

  it('takes the rows of commits, those that come late or again in their places', () => {
    const cache = sampleCache(1 << 20);
    cache.put(DAY, 1, 100, rows(100, 110));
    cache.put(DAY, 2, 100, rows());
    const commits = [rows(120, 130), rows(105, 110, 140), rows(150, 145), rows(90, 160)];
    for (const commit of commits) cache.extend(DAY, (place) => (place === 1 ? commit : rows(7)));
    expect(held(cache, 1, 100)).toEqual([100, 105, 110, 120, 130, 140, 145, 150, 160]);
    expect(held(cache, 2, 100)).toEqual([]);
  });

  it('leaves what somebody holds as it is', () => {
    const cache = sampleCache(1 << 20);
    cache.put(DAY, 1, 0, rows(1, 2));
    const before = cache.get(DAY, 1, 0) as Stretch;
    for (let time = 3; time < 40; time++) cache.extend(DAY, () => rows(time));
    cache.extend(DAY, () => rows(0.5));
    expect([...before.times.subarray(before.from, before.to)]).toEqual([1, 2]);
    expect(held(cache, 1, 0)).toHaveLength(40);
  });

  it('lets go of the past that is not asked for any more, and of series that nobody asks for', () => {
    const cache = sampleCache(1 << 20);
    cache.put(DAY, 1, 0, rows(0));
    cache.put(DAY, 2, 0, rows(0));
    for (let time = 1; time < 10_000; time++) {
      cache.extend(DAY, () => rows(time));
      cache.get(DAY, 1, Math.max(0, time - 100));
    }
    expect(held(cache, 1, 9900)).toHaveLength(100);
    expect(held(cache, 1, 0)).toBeUndefined();
    expect(held(cache, 2, 9900)).toBeUndefined();
    expect(cache.bytes).toBeLessThan(16 * 1000);
  });

  it('keeps to its size, those asked for last staying', () => {
    const cache = sampleCache(10_000);
    for (let place = 0; place < 40; place++) {
      cache.put(DAY, place, 0, rows(1, 2, 3));
      cache.get(DAY, 0, 0);
    }
    expect(cache.bytes).toBeLessThanOrEqual(10_000);
    expect(held(cache, 0, 0)).toEqual([1, 2, 3]);
    expect(held(cache, 1, 0)).toBeUndefined();
    expect(held(cache, 39, 0)).toEqual([1, 2, 3]);
    expect([cache.hasRoom(1, 100), cache.hasRoom(1, 1000), cache.hasRoom(100, 0)]).toEqual([true, false, false]);
  });

  it('forgets a day, and says that something has changed', () => {
    const cache = sampleCache(1 << 20);
    const asOf = cache.asOf(DAY);
    cache.put(DAY, 1, 0, rows(1));
    cache.put('2026-11-19', 1, 0, rows(1));
    expect(cache.asOf(DAY)).toBe(asOf);
    cache.forget(DAY);
    expect(cache.asOf(DAY)).not.toBe(asOf);
    expect(held(cache, 1, 0)).toBeUndefined();
    expect(cache.get('2026-11-19', 1, 0)?.to).toBe(1);
  });
});
