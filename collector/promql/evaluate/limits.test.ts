import { describe, expect, it } from 'vitest';
import { ask, loaded, usualLimits } from '../../../test/promqltest/ask-memory.ts';
import { QueryError } from '../query-error.ts';
import type { Queryable, SeriesSamples } from '../queryable.ts';

const minute = 60_000;
const hour = { start: 0, end: 60 * minute, step: minute };
const tooMany = 'query processing would load too many samples into memory in query execution';

function endless(): Queryable & { readonly given: () => number; readonly closed: () => boolean } {
  let given = 0;
  let closed = false;
  const times = Float64Array.from({ length: 100 }, (_, at) => at * minute);
  const series = (): SeriesSamples => ({ labels: ['i', `${given}`], times, values: times, staleAt: [], buckets: undefined });
  return {
    ...loaded(minute),
    async *select() {
      try {
        for (;;) {
          given++;
          yield [series()];
        }
      } finally {
        closed = true;
      }
    },
    given: () => given,
    closed: () => closed,
  };
}

describe('limits', () => {
  it('end a question that reads too much, and the reading', async () => {
    const store = endless();
    await expect(ask(store, 'sum(x)', hour, { limits: { ...usualLimits, samples: 5000 } })).rejects.toMatchObject({
      type: 'execution',
      message: tooMany,
    });
    expect(store.given()).toBe(51);
    expect(store.closed()).toBe(true);
  });

  it('end a question that holds too much, before a subquery allocates it', async () => {
    const limits = { ...usualLimits, samples: 5000 };
    await expect(ask(loaded(minute, 'x 1'), 'sum_over_time(vector(1)[100y:1s])', 0, { limits })).rejects.toThrow(tooMany);
    await expect(ask(loaded(minute, 'x{i="1"} 1x60', 'x{i="2"} 1x60'), 'x', hour, { limits: { ...limits, samples: 200 } })).rejects.toThrow(
      tooMany,
    );
  });

  it('allow a sum over more series than could be held', async () => {
    const lines = Array.from({ length: 40 }, (_, at) => `x{i="${at}"} 1x60`);
    const answer = await ask(loaded(minute, ...lines), 'sum(x)', hour, { limits: { ...usualLimits, samples: 2500 } });
    expect(answer.peakSamples).toBeLessThan(500);
    expect(answer.samples).toBe(40 * 61);
  });
});

describe('a signal', () => {
  it.each(['sum(x)', 'x + x', 'topk(1, x)', 'max_over_time(x[5m:1s])'])('ends %s with its reason, and the reading', async (text) => {
    const store = endless();
    const stop = new AbortController();
    const reason = new QueryError('canceled', 'query was canceled in expression evaluation');
    setImmediate(() => stop.abort(reason));
    await expect(ask(store, text, hour, { signal: stop.signal })).rejects.toBe(reason);
    await expect.poll(() => store.closed()).toBe(true);
  });

  it('that has been aborted before lets nothing begin', async () => {
    const store = endless();
    const reason = new QueryError('timeout', 'query timed out in expression evaluation');
    await expect(ask(store, 'x', 0, { signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
    expect(store.given()).toBe(0);
  });
});

describe('reading', () => {
  it('asks for what the windows hold, and tells what for', async () => {
    const asked: unknown[] = [];
    const store: Queryable = {
      ...loaded(minute),
      async *select({ from, to, hint }) {
        asked.push({ from, to, hint });
        yield [];
      },
    };
    const steps = { start: 600_000, end: 900_000, step: minute };
    for (const text of ['x offset 1m', '(rate((x[2m])))', 'timestamp(x)', 'max_over_time(rate(x[2m])[10m:30s])', 'x @ 100'])
      await ask(store, text, steps);
    const hint = { call: '', range: 0, step: minute };
    expect(asked).toEqual([
      { from: 240_001, to: 840_000, hint },
      { from: 480_001, to: 900_000, hint: { ...hint, call: 'rate', range: 120_000 } },
      { from: 300_001, to: 900_000, hint: { ...hint, call: 'timestamp' } },
      { from: 30_000 - 120_000 + 1, to: 900_000, hint: { call: 'rate', range: 120_000, step: 30_000 } },
      { from: -200_000 + 1, to: 100_000, hint: { ...hint, step: 0 } },
    ]);
  });

  it('reads few selectors at the same time', async () => {
    let open = 0;
    let most = 0;
    const store: Queryable = {
      ...loaded(minute),
      async *select() {
        most = Math.max(most, ++open);
        await new Promise(setImmediate);
        open--;
        yield [];
      },
    };
    await ask(store, Array.from({ length: 10 }, (_, at) => `(a${at}`).join(' or ') + ')'.repeat(10), 0);
    expect(most).toBe(4);
  });

  it('tells where an answer is made of roll-ups', async () => {
    const [times, values] = [Float64Array.of(60_000), Float64Array.of(1)];
    const series = (resolution: number): SeriesSamples => ({
      labels: ['i', `${resolution}`],
      times,
      values,
      staleAt: [],
      buckets: { resolution, counts: values, sums: values, mins: values, maxs: values },
    });
    const store: Queryable = {
      ...loaded(minute),
      async *select() {
        yield [series(60_000), series(60_000), series(3_600_000)];
      },
    };
    expect((await ask(store, 'count(x)', 60_000)).infos).toEqual(['answered from 1 m roll-ups', 'answered from 1 h roll-ups']);
  });
});
