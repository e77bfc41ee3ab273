import { describe, expect, it, vi } from 'vitest';
import type { Rows } from '../stores/store.ts';
import { startMarking } from './mark-gone.ts';
import type { GoneMarker } from './mark-gone.ts';
import { notePost } from './nodes.ts';
import { seriesTable } from './series-table.ts';
import type { Group } from './group.ts';
import type { SeriesTable } from './series-table.ts';

const limits = { series_per_node: 50_000, nodes: 100, labels: 10, label_name: 20, label_value: 50 };

interface Scene {
  readonly table: SeriesTable;
  readonly marker: GoneMarker;
  /** Series and time of every mark since it was looked at last. */
  readonly marks: () => string[];
  /** A post of a node: times and fields of its lines. */
  readonly post: (node: string, now: number, lines: Readonly<Record<string, number>>) => void;
  readonly at: (now: number) => Promise<string[]>;
}

function scene(): Scene {
  const table = seriesTable(limits);
  let clock = 0;
  let found: string[] = [];
  const mark = (rows: Rows): void => {
    for (let row = 0; row < rows.length; row++) {
      expect(rows.values[row]).toBeNaN();
      const { name, labelText } = table.describe(rows.series[row] as number) ?? {};
      found.push(`${name}${labelText} ${rows.times[row]}`);
    }
  };
  const marker = startMarking(table, mark, () => clock);
  const marks = (): string[] => found.splice(0).sort();
  return {
    table,
    marker,
    marks,
    post(node, now, lines) {
      const head = Buffer.from(`m,instance=${node}`);
      const group = table.group(head, 0, head.length, () => undefined) as Group;
      group.seenAt = now;
      for (const [field, time] of Object.entries(lines)) {
        const bytes = Buffer.from(field);
        const slot = table.slot(group, bytes, 0, bytes.length) as number;
        table.latest.note(slot, time, 1);
      }
      notePost(group.node, now, Math.max(...Object.values(lines)));
    },
    async at(now) {
      clock = now;
      await marker.sweep();
      return marks();
    },
  };
}

describe('series that have gone are marked', () => {
  it('all of a node that is silent, once, where a sample of it would be, and again when it has been there meanwhile', async () => {
    const { post, at } = scene();
    // Its clock is a little off.
    for (const now of [0, 10_000, 20_000]) {
      post('a', now, { fast: now + 700, slow: now < 20_000 ? 700 : 20_700 });
      post('b', now, { fast: now });
    }
    for (const now of [30_000, 40_000, 50_000]) post('b', now, { fast: now });
    expect(await at(50_000)).toEqual([]);
    expect(await at(50_001)).toEqual(['m_fast{instance="a"} 50700']);
    expect(await at(60_000)).toEqual(['m_slow{instance="a"} 60700']);
    expect(await at(65_000)).toEqual([]);
    for (const now of [70_000, 80_000]) post('b', now, { fast: now });
    expect(await at(80_000)).toEqual([]);
    for (const now of [90_000, 100_000]) for (const node of ['a', 'b']) post(node, now, { fast: now + 3 });
    expect(await at(110_000)).toEqual([]);
    expect((await at(200_000)).map((mark) => mark.split(' ')[0])).toEqual(['m_fast{instance="a"}', 'm_fast{instance="b"}']);
  });

  it('not sooner for having come fast, as a backlog does', async () => {
    const { post, at } = scene();
    for (let now = 0; now < 20; now++) post('a', now * 100, { v: now * 15_000 });
    expect(await at(30_000)).toEqual([]);
    expect(await at(60_000)).toEqual([`m_v{instance="a"} ${22 * 15_000}`]);
  });

  it('one whose node goes on without it, by its own period', async () => {
    const { post, at } = scene();
    const posted = (now: number, ...fields: string[]): void => post('a', now, Object.fromEntries(fields.map((field) => [field, now])));
    for (let now = 0; now <= 60_000; now += 10_000) posted(now, 'stays', 'goes', ...(now % 30_000 === 0 ? ['seldom'] : []));
    for (let now = 70_000; now <= 90_000; now += 10_000) posted(now, 'stays');
    expect(await at(90_000)).toEqual([]);
    posted(100_000, 'stays');
    expect(await at(100_000)).toEqual(['m_goes{instance="a"} 90000']);
    for (let now = 110_000; now <= 160_000; now += 10_000) posted(now, 'stays');
    expect(await at(160_000)).toEqual(['m_seldom{instance="a"} 150000']);
    expect(await at(160_000)).toEqual([]);
  });

  it('none that was only read from the log when the collector was started', async () => {
    const { post, at } = scene();
    post('a', Number.NEGATIVE_INFINITY, { fast: 1000 });
    expect(await at(1e9)).toEqual([]);
    post('a', 1e9, { fast: 1e9 });
    expect(await at(1e9 + 5000)).toEqual([]);
    expect(await at(1e9 + 40_000)).toHaveLength(1);
  });

  it('many, a slice at a time', async () => {
    const { table, post, at } = scene();
    for (let node = 0; node < 90; node++) {
      post(`n${node}`, 0, Object.fromEntries(Array.from({ length: 200 }, (_, field) => [`f${field}`, 0])));
    }
    expect(await at(100_000)).toHaveLength(table.size);
    expect(await at(200_000)).toEqual([]);
  });
});

it('looks every few seconds, but not right after it has stood still: nodes that could not post have not gone', async () => {
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval', 'Date'], now: 1_000_000 });
  try {
    const table = seriesTable(limits);
    const marked: number[] = [];
    const marker = startMarking(table, ({ length }) => void marked.push(length), Date.now);
    const head = Buffer.from('m,instance=a');
    const group = table.group(head, 0, head.length, () => undefined) as Group;
    table.latest.note(table.slot(group, Buffer.from('v'), 0, 1) as number, 1_000_000, 1);
    notePost(group.node, 1_000_000, 1_000_000);
    await vi.advanceTimersByTimeAsync(20_000);
    vi.setSystemTime(1_100_000);
    await vi.advanceTimersByTimeAsync(20_000);
    expect(marked).toEqual([]);
    await vi.advanceTimersByTimeAsync(20_000);
    expect(marked).toEqual([1]);
    marker.stop();
  } finally {
    vi.useRealTimers();
  }
});
