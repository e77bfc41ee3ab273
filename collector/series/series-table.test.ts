import { describe, expect, it } from 'vitest';
import { headIndex } from './head-index.ts';
import { seriesTable } from './series-table.ts';
import type { Group } from './group.ts';
import type { SeriesTable } from './series-table.ts';

const limits = { series_per_node: 5, nodes: 3, labels: 4, label_name: 10, label_value: 20 };

function groupOf(table: SeriesTable, head: string, admit: (node: string) => void = () => undefined): Group | string {
  const bytes = Buffer.from(head);
  return table.group(bytes, 0, bytes.length, admit);
}

function slotOf(table: SeriesTable, group: Group | string, field: string): number | string {
  if (typeof group === 'string') return group;
  const bytes = Buffer.from(field);
  return table.slot(group, bytes, 0, bytes.length);
}

type Field = [head: string, field: string];

function notYou(): void {
  throw new Error('not you');
}

function idOf(table: SeriesTable, head: string, field: string): number | string {
  const slot = slotOf(table, groupOf(table, head), field);
  return typeof slot === 'string' ? slot : table.id(slot);
}

describe('the series table', () => {
  it('knows one head by all its spellings', () => {
    const table = seriesTable(limits);
    const first = groupOf(table, 'cpu,instance=a,mode=idle');
    expect(groupOf(table, 'cpu,mode=idle,instance=a')).toBe(first);
    expect(groupOf(table, 'cpu,host=a,mode=idle')).not.toBe(first);
    expect(groupOf(table, 'cpu,instance=a,mode=idle')).toBe(first);
  });

  it('takes the host of another agent for the node, and keeps the label', () => {
    const table = seriesTable(limits);
    const group = groupOf(table, 'cpu,host=a') as Group;
    expect([group.node.name, group.labelText]).toEqual(['a', '{host="a",instance="a"}']);
  });

  it('does not take ever new orders of tags', () => {
    const table = seriesTable(limits);
    const orders = [
      'instance=a,x=1,y=2',
      'x=1,instance=a,y=2',
      'x=1,y=2,instance=a',
      'y=2,x=1,instance=a',
      'y=2,instance=a,x=1',
      'instance=a,y=2,x=1',
    ];
    const spaced = [...orders, ...orders.map((order) => order.replace('x=1', String.raw`x\=1`))];
    const refused = spaced.filter((order) => typeof groupOf(table, `cpu,${order}`) === 'string');
    expect(refused.length).toBeGreaterThan(0);
    expect(table.heads.size).toBeLessThan(10);
  });

  it.each([
    ['cpu,x=1', 'it names no node: add a tag instance=NODE'],
    ['cpu,instance=../etc', /is not made of letters/],
    ['cpu,instance=a}b', /is not made of letters/],
    ['cpu,instance=a,__x=1', /reserved/],
    ['cpu,instance=a,-_name__=1', /reserved/],
    ['cpu,instance=a,time=1', /may not be named time/],
    ['cpu,instance=a,x=1,x=2', 'a tag stands in it twice'],
    ['cpu,instance=a,x-y=1,x.y=2', 'a tag stands in it twice'],
    ['cpu,instance=a,b=1,c=2,d=3', /it has|4/],
    ['cpu,instance=a,abcdefghijk=1', /11 characters/],
    ['cpu,instance=a,x=123456789012345678901', /21 characters/],
    ['cpu,instance=a,"x=1', /quote/],
    ['c{pu,instance=a', /brace/],
    ['cpu,instance=a,x=\u0001', /control/],
  ])('refuses the head %s', (head, reason) => {
    const table = seriesTable({ ...limits, labels: 3 });
    expect(groupOf(table, head)).toMatch(reason);
    expect([table.size, table.heads.size, table.nodes.size]).toEqual([0, 0, 0]);
  });

  it('refuses bytes that are no UTF-8', () => {
    const bytes = Buffer.from([0x61, 0x2c, 0xff, 0x3d, 0x31]);
    expect(seriesTable(limits).group(bytes, 0, bytes.length, () => undefined)).toBe('it is not UTF-8');
  });

  it('has no colon in a label, which Prometheus could not read', () => {
    expect((groupOf(seriesTable(limits), 'cpu,instance=a,b:c=1') as Group).labelText).toBe('{b_c="1",instance="a"}');
  });

  it('makes nothing for a node that is not admitted', () => {
    const table = seriesTable(limits);
    expect(() => groupOf(table, 'cpu,instance=a', notYou)).toThrow('not you');
    expect(table.nodes.size).toBe(0);
  });

  it('takes so many series of a node and so many nodes, and goes on with the others', () => {
    const table = seriesTable(limits);
    const ids = Array.from({ length: 7 }, (_, at) => idOf(table, 'cpu,instance=a', `f${at}`));
    expect(ids.map((id) => typeof id)).toEqual([...Array<string>(5).fill('number'), 'string', 'string']);
    expect(ids[5]).toMatch(/node a has 5 series already/);
    const heads = Array.from({ length: 7 }, (_, at) => groupOf(table, `cpu,instance=b,x=${at}`));
    expect(heads.filter((group) => typeof group === 'string')).toHaveLength(2);
    expect(typeof idOf(table, 'cpu,instance=c', 'f')).toBe('number');
    expect(groupOf(table, 'cpu,instance=d')).toMatch(/3 nodes are known already/);
    expect(table.size).toBe(6);
  });

  it.each([
    [
      ['node_cpu,instance=a', 'load'],
      ['node,instance=a', 'cpu_load'],
    ],
    [
      ['m-x,instance=a', 'v'],
      ['m_x,instance=a', 'v'],
    ],
    [
      ['m,instance=a', 'a-b'],
      ['m,instance=a', 'a_b'],
    ],
    [
      ['m,instance=a', 'a-b'],
      ['m,instance=a', 'a.b'],
    ],
  ] satisfies [Field, Field][])('takes one of two ways to write the same series: %j and %j', (first, second) => {
    const table = seriesTable(limits);
    expect(typeof idOf(table, ...first)).toBe('number');
    expect(idOf(table, ...second)).toMatch(/too$/);
    expect(typeof idOf(table, ...first)).toBe('number');
    expect(table.size).toBe(1);
  });

  it('finds the same series under two measurements also where another node was the first to mix them', () => {
    const table = seriesTable(limits);
    expect(typeof idOf(table, 'node_cpu,instance=a', 'load')).toBe('number');
    expect(typeof idOf(table, 'node,instance=b', 'cpu_load')).toBe('number');
    expect(idOf(table, 'node_cpu,instance=b', 'load')).toMatch(/another measurement/);
  });

  it('forgets what has been silent, frees its place, and never uses an id again', () => {
    const table = seriesTable(limits);
    const first = groupOf(table, 'cpu,instance=a') as Group;
    const slots = ['f', 'g', 'h'].map((field) => slotOf(table, first, field) as number);
    const ids = slots.map((slot) => table.id(slot));
    const stays = groupOf(table, 'cpu,instance=b') as Group;
    slotOf(table, stays, 'g');
    first.seenAt = 10;
    stays.seenAt = 100;
    expect(table.forget(50)).toBe(3);
    expect([table.size, table.nodes.size, [...table.families.keys()]]).toEqual([1, 1, ['cpu_g']]);
    expect(ids.map((id) => table.describe(id))).toEqual([undefined, undefined, undefined]);
    const again = groupOf(table, 'cpu,instance=a') as Group;
    const newSlot = slotOf(table, again, 'g') as number;
    expect(slots).toContain(newSlot);
    expect(ids).not.toContain(table.id(newSlot));
    expect(table.latest.time(newSlot)).toBe(Number.NEGATIVE_INFINITY);
    expect(table.families.get('cpu_g')?.slots).toHaveLength(2);
  });

  it('finds the fields of a very wide line quickly in any order', () => {
    const table = seriesTable({ ...limits, series_per_node: 20_000 });
    const group = groupOf(table, 'm,instance=a') as Group;
    const fields = Array.from({ length: 13_000 }, (_, at) => `f${at}`);
    const slots = fields.map((field) => slotOf(table, group, field));
    expect([...fields].reverse().map((field) => slotOf(table, group, field))).toEqual([...slots].reverse());
    expect(table.size).toBe(13_000);
  });

  it('keeps the two latest values, and the last that came of one time', () => {
    const table = seriesTable(limits);
    const slot = slotOf(table, groupOf(table, 'm,instance=a'), 'v') as number;
    const take = (time: number, value: number): void =>
      table.take(
        { length: 0, slots: Uint32Array.of(slot), series: new Uint32Array(1), times: new Float64Array(1), values: Float64Array.of(value) },
        1,
        time,
      );
    take(10, 1);
    take(20, 2);
    take(15, 9);
    take(20, 3);
    expect([table.latest.value(slot), table.latest.time(slot), table.latest.previousValue(slot), table.latest.previousTime(slot)]).toEqual([
      3, 20, 1, 10,
    ]);
  });
});

const headOf = (at: number): Buffer => Buffer.from(`node_cpu_seconds,cluster=dahu,instance=dahu${at},cpu=${at % 64},mode=idle`);

describe('the index of heads', () => {
  it('finds every head and no other through 50 000 additions and removals, in memory that does not grow with them', () => {
    const index = headIndex();
    const find = (at: number): number => index.find(headOf(at), 0, headOf(at).length);
    const LIVE = 1000;
    const wrong: number[] = [];
    for (let at = 0; at < 50_000; at++) {
      if (at >= LIVE) index.remove(at % LIVE);
      const bytes = headOf(at);
      index.add(at % LIVE, bytes, 0, bytes.length);
      if (at % 5000 !== 4999) continue;
      for (let live = at - LIVE + 1; live <= at; live++) if (find(live) !== live % LIVE) wrong.push(live);
      for (const gone of [at - LIVE, at + 1]) if (find(gone) !== -1) wrong.push(gone);
    }
    expect(wrong).toEqual([]);
    expect(index.size).toBe(LIVE);
    expect(index.arena.byteLength).toBeLessThan(8 << 20);
  });
});
