import { DuckDBInstance } from '@duckdb/node-api';
import { describe, expect, it } from 'vitest';
import { gate } from '../gate.ts';
import { liveDays } from '../live-day.ts';
import type { Partition } from '../partition.ts';
import { sampleCache } from '../sample-cache.ts';
import type { SealedDays } from './sealed-days.ts';
import { openSealing } from './sealing.ts';
import type { Sealing } from './sealing.ts';

const HOUR = 3_600_000;
const now = Date.UTC(2026, 10, 20, 12);

/** Days with files of which nobody knows when they were written to, but of those that are touched. */
async function sealingOf(days: readonly string[]): Promise<Sealing> {
  const live = liveDays();
  for (const day of days) {
    live.get(day).partition = {
      catalog: day,
      applied: 1,
      ready: () => Promise.reject(new Error('it cannot be read')),
    } as Partial<Partition> as Partition;
  }
  const instance = await DuckDBInstance.create(':memory:');
  const parts = {
    directory: '/nonexistent',
    instance,
    live,
    sealed: {} as SealedDays,
    changes: gate(),
    commits: gate(),
    cache: sampleCache(0),
  };
  return openSealing(parts);
}

describe('a day', () => {
  it.each([
    ['an hour and more ago', ['2026-11-19'], now, '2026-11-19'],
    ['less than an hour ago', ['2026-11-19'], Date.UTC(2026, 10, 20, 0, 59), undefined],
    ['not yet', ['2026-11-20'], now, undefined],
    ['before others', ['2026-11-19', '2026-11-17', '2026-11-18'], now, '2026-11-17'],
  ])('that has ended %s is due accordingly', async (_, days, at, due) => {
    expect((await sealingOf(days)).due(at)).toBe(due);
  });

  it('that has just been written to is not due, but the next one is', async () => {
    const sealing = await sealingOf(['2026-11-18', '2026-11-19']);
    sealing.touched('2026-11-18');
    expect(sealing.due(Date.now() + 60_000)).toBe('2026-11-19');
    expect(sealing.due(Date.now() + HOUR)).toBe('2026-11-18');
  });

  it('that could not be sealed is due again only after hours', async () => {
    const sealing = await sealingOf(['2026-11-18']);
    await expect(sealing.seal('2026-11-18', 0)).rejects.toThrow('it cannot be read');
    expect(sealing.due(Date.now() + HOUR)).toBeUndefined();
    expect(sealing.due(Date.now() + 7 * HOUR)).toBe('2026-11-18');
  });

  it('is not sealed any more once the store closes', async () => {
    const sealing = await sealingOf(['2026-11-18']);
    await sealing.stop();
    await expect(sealing.seal('2026-11-18', 0)).rejects.toThrow('the store closes');
  });
});
