import { cpSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, it, test } from 'vitest';
import { temporaryFolder } from '../../../test/collector.ts';
import { inDuckdbFile, openDuckdb } from '../../../test/open-duckdb.ts';
import type { OpenDuckdb } from '../../../test/open-duckdb.ts';
import type { Matcher } from '../../promql/ast.ts';
import { labelsOf } from '../../promql/labels.ts';
import { QueryError } from '../../promql/query-error.ts';
import type { Selection } from '../../promql/queryable.ts';

const DAY = 86_400_000;
const today = Math.floor(Date.now() / DAY) * DAY;
const range = { call: 'rate', range: 300_000, step: 60_000 };
const name = (value: string, op: Matcher['op'] = '='): Matcher => ({ name: '__name__', op, value });
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

async function opened(data = folder(), options: Readonly<Record<string, unknown>> = {}): Promise<OpenDuckdb> {
  const store = await openDuckdb(data, options);
  cleanups.push(() => store.store.close(AbortSignal.timeout(5000)));
  return store;
}

type Found = readonly [labels: string, times: readonly number[], values: readonly number[], staleAt?: readonly number[]];

// Labels as `name a=1`, times from today's start.
async function select({ queryable }: OpenDuckdb, selection: Partial<Selection>, signal = never): Promise<Found[]> {
  const found: Found[] = [];
  const whole = { matchers: [name('m_v')], from: today, to: today + DAY - 1, hint: range, ...selection };
  for await (const piece of queryable.select(whole, signal)) {
    for (const { labels, times, values, staleAt } of piece) {
      const pairs = Array.from({ length: labels.length / 2 }, (_, at) => [labels[2 * at], labels[2 * at + 1]]);
      const others = pairs.filter(([label]) => label !== '__name__').map(([label, value]) => `${label}=${value}`);
      const metric = pairs.find(([label]) => label === '__name__')?.[1];
      const since = Array.from(times, (time) => time - today);
      const series = [metric, ...others].join(' ');
      const gone = staleAt.map((time) => time - today);
      found.push(gone.length > 0 ? [series, since, [...values], gone] : [series, since, [...values]]);
    }
  }
  return found;
}

const lines = (...samples: readonly (readonly [node: string, time: number, value: number])[]): string =>
  samples.map(([node, time, value]) => `m,instance=${node} v=${value} ${today + time}\n`).join('');

describe('the embedded store answers', () => {
  it('what waits and what is in the file as one, each time once, the last that came standing', async () => {
    const store = await opened();
    await store.write(lines(['a', 1000, 1], ['b', 1000, 10], ['a', 2000, 2]));
    const first: Found[] = [
      ['m_v instance=a', [1000, 2000], [1, 2]],
      ['m_v instance=b', [1000], [10]],
    ];
    expect(await select(store, {})).toEqual(first);
    await store.store.flush();
    expect(await select(store, {})).toEqual(first);
    await store.write(lines(['a', 2000, 22], ['a', 1500, 15], ['c', 500, 5]));
    const second: Found[] = [
      ['m_v instance=a', [1000, 1500, 2000], [1, 15, 22]],
      ['m_v instance=b', [1000], [10]],
      ['m_v instance=c', [500], [5]],
    ];
    expect(await select(store, {})).toEqual(second);
    await store.store.flush();
    expect(await select(store, {})).toEqual(second);
    expect(await select(store, { from: today + 1500, to: today + 1999 })).toEqual([['m_v instance=a', [1500], [15]]]);
  });

  it('the same after it was started again, in the middle of everything', async () => {
    const data = folder();
    const store = await opened(data);
    await store.write(lines(['a', 1000, 1], ['b', 1000, 10]));
    await store.store.flush();
    await store.write(lines(['a', 2000, 2], ['new', 2000, 3]) + `m,instance=a v=-1 ${today - 5}\n`);
    // As after a crash: the file, the log, and what stands in neither.
    const copy = folder();
    cpSync(join(data, 'duckdb'), join(copy, 'duckdb'), { recursive: true });
    const again = await opened(copy);
    const wanted: Found[] = [
      ['m_v instance=a', [-5, 1000, 2000], [-1, 1, 2]],
      ['m_v instance=b', [1000], [10]],
      ['m_v instance=new', [2000], [3]],
    ];
    expect(await select(again, { from: today - DAY })).toEqual(wanted);
    await again.write(lines(['b', 2000, 20]));
    await again.store.flush();
    wanted[1] = ['m_v instance=b', [1000, 2000], [10, 20]];
    expect(await select(again, { from: today - DAY })).toEqual(wanted);
  });

  it('with one series where a file has it under several numbers', async () => {
    const data = folder();
    const before = await opened(data);
    await before.write(lines(['a', 1000, 1], ['b', 1000, 10], ['a', 2000, 2]));
    await before.store.close(AbortSignal.timeout(5000));
    await inDuckdbFile(data, today, [
      `INSERT INTO d.series VALUES (7, 'm_v', '{instance="a"}'), (900000, 'm_v', '{instance="b"}')`,
      `INSERT INTO d.runs VALUES (7, ${stamp(2000)}, 1000, [22, 33]), (900000, ${stamp(500)}, 0, [5]), (1, ${stamp(3000)}, 0, [333])`,
    ]);
    const store = await opened(data);
    await store.write(lines(['a', 4000, 4]));
    await store.store.flush();
    expect(await select(store, {})).toEqual([
      ['m_v instance=a', [1000, 2000, 3000, 4000], [1, 22, 333, 4]],
      ['m_v instance=b', [500, 1000], [5, 10]],
    ]);
  });

  it('every acknowledged sample once while commits run', async () => {
    const store = await opened();
    const nodes = Array.from({ length: 20 }, (_, at) => `n${String(at).padStart(2, '0')}`);
    let acknowledged = 0;
    let isOver = false;
    const write = async (): Promise<void> => {
      for (let round = 1; round <= 60; round++) {
        await store.write(lines(...nodes.map((node): [string, number, number] => [node, round * 1000, round])));
        acknowledged = round;
        // A batch that comes again changes nothing.
        if (round % 7 === 0) await store.write(lines(['n00', round * 1000, round]));
      }
      isOver = true;
    };
    const commit = async (): Promise<void> => {
      while (!isOver) {
        await store.store.flush();
        // A flush of nothing waits for nothing.
        await new Promise(setImmediate);
      }
    };
    let asked = 0;
    const ask = async (from: number): Promise<void> => {
      while (!isOver) {
        const least = acknowledged;
        const found = await select(store, { from });
        expect(least === 0 || found.length === nodes.length).toBe(true);
        for (const [, times, values] of found) {
          expect(times.length).toBeGreaterThanOrEqual(least);
          expect(values).toEqual(values.map((_, at) => at + 1));
        }
        asked++;
      }
    };
    // One that is held in the cache as it grows, and one that is always read anew.
    await Promise.all([write(), commit(), ask(today), ask(today - 2 * DAY - Math.floor(Math.random() * DAY))]);
    expect(asked).toBeGreaterThan(4);
  });

  it('from its memory what it has read before, with every commit since', async () => {
    const store = await opened();
    await store.write(lines(['a', 1000, 1]));
    await store.store.flush();
    for (let round = 2; round < 50; round++) {
      expect((await select(store, { from: today, to: Date.now() + DAY }))[0]?.[1]).toHaveLength(round - 1);
      await store.write(lines(['a', (round % 5 === 0 ? -round : round) * 1000 + 100_000, round]));
      if (round % 3 !== 0) await store.store.flush();
    }
  });

  test.each<[string, Matcher[], string[]]>([
    ['equality', [name('m_v'), { name: 'x', op: '=', value: 'p "q",y=\\z' }], ['a']],
    ['an absent label', [name('m_v'), { name: 'x', op: '=', value: '' }], ['b', 'c']],
    ['a label that is there', [name('m_v'), { name: 'x', op: '!=', value: '' }], ['a']],
    ['a regular expression', [name('m_v'), { name: 'instance', op: '=~', value: '[bc]' }], ['b', 'c']],
    ['none of a regular expression', [name('m_v'), { name: 'instance', op: '!~', value: 'b|c' }], ['a']],
    ['a name by regular expression', [name('o.*', '=~')], ['d']],
    ['any name', [{ name: 'instance', op: '=~', value: 'a|d' }], ['a', 'd']],
    ['two that exclude each other', [name('m_v'), name('other_v')], []],
    ['nothing', [name('nothing')], []],
  ])('by %s, from the file and from what waits', async (_what, matchers, wanted) => {
    const store = await opened();
    await store.write(`m,instance=a,x=p\\ "q"\\,y\\=\\z v=1 ${today}\nm,instance=b v=1 ${today}\n`);
    await store.store.flush();
    await store.write(`m,instance=c v=1 ${today}\nother,instance=d v=1 ${today}\n`);
    const found = await select(store, { matchers });
    expect(found.map(([labels]) => /instance=(\w)/.exec(labels)?.[1])).toEqual(wanted);
  });

  it('with the last sample before each moment of an instant vector, and no more', async () => {
    const store = await opened();
    await store.write(lines(...Array.from({ length: 100 }, (_, at): [string, number, number] => ['a', at * 1000, at])));
    const instant = { from: today + 10_001, to: today + 90_500 };
    const hint = { call: '', range: 0, step: 30_000 };
    const wanted = [
      [30_000, 60_000, 90_000],
      [30, 60, 90],
    ] as const;
    for (const flush of [false, true]) {
      if (flush) await store.store.flush();
      expect(await select(store, { ...instant, hint })).toEqual([['m_v instance=a', ...wanted]]);
      expect(await select(store, { ...instant, hint: { ...hint, step: 0 } })).toEqual([['m_v instance=a', [90_000], [90]]]);
      expect((await select(store, instant))[0]?.[1]).toHaveLength(80);
    }
  });

  it('series, names and values of labels', async () => {
    const store = await opened();
    await store.write(`m,instance=a,x=1 v=1,w=2 ${today}\nm,instance=b,y=2 v=1 ${today - DAY}\n`);
    await store.store.flush();
    await store.write(`n,instance=c,x=3 v=1 ${today}\n`);
    const { queryable } = store;
    const all = { anyOf: [], from: today - DAY, to: today + DAY, limit: 0 };
    expect(await queryable.series({ ...all, anyOf: [[name('m_v')], [name('n_v')]] }, never)).toEqual([
      labelsOf({ __name__: 'm_v', instance: 'a', x: '1' }),
      labelsOf({ __name__: 'm_v', instance: 'b', y: '2' }),
      labelsOf({ __name__: 'n_v', instance: 'c', x: '3' }),
    ]);
    expect(await queryable.series({ ...all, from: today, limit: 1 }, never)).toEqual([
      labelsOf({ __name__: 'm_v', instance: 'a', x: '1' }),
    ]);
    expect(await queryable.labelNames(all, never)).toEqual(['__name__', 'instance', 'x', 'y']);
    expect(await queryable.labelNames({ ...all, from: today }, never)).toEqual(['__name__', 'instance', 'x']);
    expect(await queryable.labelValues('__name__', all, never)).toEqual(['m_v', 'm_w', 'n_v']);
    expect(await queryable.labelValues('x', { ...all, anyOf: [[name('n_v')]] }, never)).toEqual(['3']);
    expect(await queryable.labelValues('instance', { ...all, limit: 2 }, never)).toEqual(['a', 'b']);
    expect(await queryable.labelValues('none', all, never)).toEqual([]);
  });

  it('with the fault of a regular expression, and goes on', async () => {
    const store = await opened();
    await store.write(lines(['a', 1, 1]));
    const failing = select(store, { matchers: [name('a(', '=~')] });
    await expect(failing).rejects.toThrow(QueryError);
    await expect(failing).rejects.toMatchObject({ type: 'bad_data' });
    expect(await select(store, {})).toHaveLength(1);
  });
});

function stamp(time: number): string {
  return `make_timestamp_ms(${today + time})::TIMESTAMP_MS`;
}
