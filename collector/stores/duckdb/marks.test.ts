import { cpSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { temporaryFolder } from '../../../test/collector.ts';
import { openDuckdb } from '../../../test/open-duckdb.ts';
import type { OpenDuckdb } from '../../../test/open-duckdb.ts';
import { startMarking } from '../../series/mark-gone.ts';

const DAY = 86_400_000;
const yesterday = Math.floor(Date.now() / DAY) * DAY - DAY;

const cleanups: (() => Promise<void> | void)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

function folder(): string {
  const made = temporaryFolder();
  cleanups.push(() => made.remove());
  return made.path;
}

interface Scene extends OpenDuckdb {
  /** Writes a sample of m_v at each of these seconds of yesterday. */
  readonly samples: (node: string, ...seconds: readonly number[]) => Promise<void>;
  /** Looks for series that have gone, as if it were this second since the node's last post. */
  readonly sweep: (second: number) => Promise<void>;
  /** Seconds of samples, and as of which it has gone, of the only series. */
  readonly seen: () => Promise<{ readonly times: number[]; readonly gone: number[] }>;
}

async function scene(data = folder()): Promise<Scene> {
  const opened = await openDuckdb(data);
  cleanups.push(() => opened.store.close(AbortSignal.timeout(5000)));
  let now = 0;
  // What is written here counts as posted at the beginning of the epoch.
  const marker = startMarking(
    opened.table,
    (rows) => opened.store.mark?.(rows),
    () => now,
  );
  cleanups.push(() => marker.stop());
  return {
    ...opened,
    samples: (node, ...seconds) =>
      opened.write(seconds.map((second) => `m,instance=${node} v=${second} ${yesterday + second * 1000}\n`).join('')),
    sweep: (second) => {
      now = second * 1000;
      return marker.sweep();
    },
    async seen() {
      const seconds = (times: Iterable<number>): number[] => Array.from(times, (time) => (time - yesterday) / 1000);
      const hint = { call: 'rate', range: 300_000, step: 0 };
      const selection = { matchers: [{ name: '__name__', op: '=' as const, value: 'm_v' }], from: yesterday, to: yesterday + DAY, hint };
      const found: { times: number[]; gone: number[] }[] = [];
      for await (const piece of opened.queryable.select(selection, new AbortController().signal)) {
        found.push(...piece.map(({ times, staleAt }) => ({ times: seconds(times), gone: seconds(staleAt) })));
      }
      expect(found).toHaveLength(1);
      return found[0] as { times: number[]; gone: number[] };
    },
  };
}

describe('a mark that a series has gone', () => {
  it('is answered from what waits, from the file, after a new start, and from the sealed day', async () => {
    const data = folder();
    const { samples, sweep, seen, store } = await scene(data);
    await samples('a', 0, 5, 10);
    await store.flush();
    await sweep(31);
    const wanted = { times: [0, 5, 10], gone: [40] };
    expect(await seen()).toEqual(wanted);
    // Nothing else is committed with it.
    await store.flush();
    expect(await seen()).toEqual(wanted);
    const copy = folder();
    cpSync(join(data, 'duckdb'), join(copy, 'duckdb'), { recursive: true });
    const again = await scene(copy);
    expect(await again.seen()).toEqual(wanted);
    await again.samples('a', 90, 95);
    await again.store.seal(new Date(yesterday).toISOString().slice(0, 10));
    expect(await again.seen()).toEqual({ times: [0, 5, 10, 90, 95], gone: [40] });
  });

  it('hides nothing of what comes late out of a spool, at even distances or not', async () => {
    for (const late of [
      [15, 20, 25, 30, 35, 40, 45, 50, 55, 60],
      [14.9, 20.2, 24.9, 30.1, 35.2, 39.9, 44.9, 50.1, 55, 59.8],
    ]) {
      const { samples, sweep, seen, store } = await scene();
      await samples('a', 0, 5, 10);
      await sweep(31);
      await store.flush();
      await samples('a', 65, 70);
      expect(await seen()).toEqual({ times: [0, 5, 10, 65, 70], gone: [40] });
      await samples('a', ...late);
      expect(await seen()).toEqual({ times: [0, 5, 10, ...late, 65, 70], gone: [] });
      await store.flush();
      expect(await seen()).toEqual({ times: [0, 5, 10, ...late, 65, 70], gone: [] });
    }
  });

  it('is no sample for who reads samples alone', async () => {
    const { samples, sweep, all } = await scene();
    await samples('a', 0, 5, 10);
    await sweep(31);
    expect((await all())[0]?.[2]).toEqual([0, 5, 10]);
  });
});
