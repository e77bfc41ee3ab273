import { afterEach, expect, it, vi } from 'vitest';
import type { Queryable, SeriesSamples } from '../promql/queryable.ts';
import { memoryGuard } from './memory-guard.ts';

afterEach(() => vi.useRealTimers());

const samples = (count: number): SeriesSamples => {
  const times = new Float64Array(count);
  return { labels: [], times, values: times, staleAt: [], buckets: undefined };
};

function storeOf(...batches: readonly number[]): Queryable {
  return {
    async *select() {
      for (const count of batches) yield [samples(count)];
    },
    series: async () => [],
    labelNames: async () => [],
    labelValues: async () => [],
  };
}

const selection = { matchers: [], from: 0, to: 0, hint: { call: '', range: 0, step: 0 } };

it('gives up the question that has read the most where all hold too much', async () => {
  let held = 0;
  const guard = memoryGuard(1000, { held: () => held, collect: () => undefined });
  const end = { small: vi.fn<() => void>(), large: vi.fn<() => void>() };
  const small = { samples: 0, end: end.small };
  const aborter = new AbortController();
  const large = { samples: 0, end: (reason: Error) => (end.large(), aborter.abort(reason)) };
  guard.hold(small);
  guard.hold(large);
  const read = async (queryable: Queryable, signal: AbortSignal) => {
    for await (const _ of guard.watched(queryable, signal === aborter.signal ? large : small).select(selection, signal)) held += 400;
  };
  await read(storeOf(10), new AbortController().signal);
  await expect(read(storeOf(100, 100, 100, 100), aborter.signal)).rejects.toMatchObject({
    type: 'execution',
    message: expect.stringContaining('(query.memory)') as string,
  });
  expect([small.samples, end.small.mock.calls.length, end.large.mock.calls.length]).toEqual([10, 0, 1]);
});

it('lets be what goes once nobody holds it', () => {
  vi.useFakeTimers();
  let held = 2000;
  const end = vi.fn<() => void>();
  const guard = memoryGuard(1000, { held: () => held, collect: () => (held = 500) });
  const letGo = guard.hold({ samples: 1, end });
  vi.advanceTimersByTime(200);
  expect([held, end.mock.calls.length]).toEqual([500, 0]);
  letGo();
  expect(vi.getTimerCount()).toBe(0);
});

it('looks from time to time, too: an evaluation grows without reading', () => {
  vi.useFakeTimers();
  const end = vi.fn<(failure: Error) => void>();
  memoryGuard(1000, { held: () => 2000, collect: () => undefined }).hold({ samples: 0, end });
  vi.advanceTimersByTime(200);
  expect(end).toHaveBeenCalledTimes(1);
});

it('leaves the others alone until what it has given up has gone', () => {
  vi.useFakeTimers();
  let held = 2000;
  const ended: string[] = [];
  const guard = memoryGuard(1000, { held: () => held, collect: () => undefined });
  guard.hold({ samples: 2, end: () => ended.push('large') });
  guard.hold({ samples: 1, end: () => ended.push('small') });
  vi.advanceTimersByTime(200);
  expect(ended).toEqual(['large']);
  held = 500;
  vi.advanceTimersByTime(1000);
  expect(ended).toEqual(['large']);
  held = 2000;
  vi.advanceTimersByTime(1000);
  expect(ended).toEqual(['large', 'small']);
});
