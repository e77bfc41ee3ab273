import { afterEach, describe, expect, it } from 'vitest';
import { temporaryFolder } from '../../../test/collector.ts';
import { inDuckdbFile, openDuckdb } from '../../../test/open-duckdb.ts';
import type { OpenDuckdb } from '../../../test/open-duckdb.ts';

const DAY = 86_400_000;
const today = Math.floor(Date.now() / DAY) * DAY;
const hint = { call: 'rate', range: 300_000, step: 60_000 };
const name = (value: string) => ({ name: '__name__', op: '=' as const, value });
const never = new AbortController().signal;

const cleanups: (() => Promise<void> | void)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

function folder(): string {
  const made = temporaryFolder();
  cleanups.push(() => made.remove());
  return made.path;
}

async function opened(data: string): Promise<OpenDuckdb> {
  const store = await openDuckdb(data);
  cleanups.push(() => store.store.close(AbortSignal.timeout(5000)));
  return store;
}

describe('a large answer', () => {
  const SERIES = 60;
  const SAMPLES = 100_000;

  async function large(): Promise<OpenDuckdb> {
    const data = folder();
    const store = await opened(data);
    await store.write(Array.from({ length: SERIES }, (_, at) => `m,instance=n${at} v=1 ${today}\n`).join(''));
    await store.store.close(AbortSignal.timeout(5000));
    // Runs as commits of thirty seconds leave them.
    await inDuckdbFile(data, today, [
      `INSERT INTO d.runs SELECT id, make_timestamp_ms(${today} + 100 * r)::TIMESTAMP_MS, 100, [r, r + 1, r + 2, r + 3]
       FROM range(0, ${SAMPLES}, 4) t(r), d.series ORDER BY r, id`,
    ]);
    return opened(data);
  }

  it('comes in pieces of bounded size, each series once and whole', { timeout: 60_000 }, async () => {
    const { queryable } = await large();
    const sizes: number[] = [];
    const seen = new Set<string>();
    const selection = { matchers: [name('m_v')], from: today, to: today + DAY - 1, hint };
    for await (const piece of queryable.select(selection, never)) {
      sizes.push(piece.reduce((sum, { times }) => sum + times.length, 0));
      for (const { labels, times, values } of piece) {
        seen.add(labels.join());
        expect([times.length, values[0], values.at(-1), times.at(-1)]).toEqual([SAMPLES, 0, SAMPLES - 1, today + 100 * (SAMPLES - 1)]);
      }
    }
    expect(seen.size).toBe(SERIES);
    // 6 M samples; the store takes what it does not know for a sample every five seconds, and learns.
    expect(sizes.length).toBeGreaterThan(1);
    expect(Math.max(...sizes)).toBeLessThanOrEqual(4_000_000);
  });

  it('can be given up, by its signal or by who takes it, and the store goes on', { timeout: 60_000 }, async () => {
    const { queryable } = await large();
    const selection = { matchers: [name('m_v')], from: today, to: today + DAY - 1, hint };
    const given = new AbortController();
    const taking = (async () => {
      for await (const piece of queryable.select(selection, given.signal)) expect(piece.length).toBeGreaterThan(0);
    })();
    setTimeout(() => given.abort(new Error('enough')), 5);
    await expect(taking).rejects.toThrow('enough');
    const aborted = AbortSignal.abort(new Error('never begun'));
    await expect(queryable.select(selection, aborted)[Symbol.asyncIterator]().next()).rejects.toThrow('never begun');
    for await (const piece of queryable.select(selection, never)) {
      expect(piece.length).toBeGreaterThan(0);
      break;
    }
    const values = await queryable.labelValues('instance', { anyOf: [], from: today, to: today, limit: 0 }, never);
    expect(values).toHaveLength(SERIES);
  });

  it('ends with an error where the store is closed', { timeout: 60_000 }, async () => {
    const { queryable, store } = await large();
    const taking = (async () => {
      for await (const piece of queryable.select({ matchers: [name('m_v')], from: today, to: today + DAY - 1, hint }, never)) {
        expect(piece.length).toBeGreaterThan(0);
      }
    })();
    const ended = taking.catch((error: unknown) => error);
    await store.close(AbortSignal.timeout(10_000));
    expect(await ended).toMatchObject({ type: 'unavailable' });
    await expect(queryable.labelNames({ anyOf: [], from: 0, to: 1, limit: 0 }, never)).rejects.toMatchObject({ type: 'unavailable' });
  });
});
