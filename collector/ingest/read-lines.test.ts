import { describe, expect, it } from 'vitest';
import { seriesTable } from '../series/series-table.ts';
import type { SeriesTable } from '../series/series-table.ts';
import { seeded } from '../../agent/contract/seeded.ts';
import { HttpFault } from '../http-fault.ts';
import { takeColumns } from './columns.ts';
import { readLines } from './read-lines.ts';
import type { ReadRules } from './read-lines.ts';

const NOW = 1_795_000_000_000;
const limits = { series_per_node: 1000, nodes: 100, labels: 10, label_name: 20, label_value: 50 };

async function read(text: string | Uint8Array, rules: Partial<ReadRules> = {}, table: SeriesTable = seriesTable(limits)) {
  const columns = takeColumns();
  const all = {
    precision: 'ms',
    now: NOW,
    oldest: NOW - 86_400_000,
    newest: NOW + 600_000,
    lineBytes: 65_536,
    admit: () => undefined,
    claim: () => undefined,
  } as const;
  const found = await readLines(table, Buffer.from(text as string), { ...all, ...rules }, columns);
  const rows = Array.from({ length: columns.length }, (_, at) => {
    const { name = '', labelText = '' } = table.describe(columns.series[at] as number) ?? {};
    return [name + labelText, columns.times[at], columns.values[at]];
  });
  return { ...found, rows, text: Buffer.from(found.text).toString(), table };
}

function onlyA(node: string): void {
  if (node !== 'a') throw new HttpFault(403, 'no');
}

describe('the lines of a body', () => {
  it('become rows, and stay the body itself where nothing had to change', async () => {
    const text = `node,instance=a load1=1.5,load5=2 ${NOW}\nnode,instance=b load1=3 ${NOW}\n`;
    const body = Buffer.from(text);
    const columns = takeColumns();
    const rules = {
      precision: 'ms',
      now: NOW,
      oldest: 0,
      newest: NOW,
      lineBytes: 1000,
      admit: () => undefined,
      claim: () => undefined,
    } as const;
    const found = await readLines(seriesTable(limits), body, rules, columns);
    expect(found.text).toBe(body);
    expect((await read(text)).rows).toEqual([
      ['node_load1{instance="a"}', NOW, 1.5],
      ['node_load5{instance="a"}', NOW, 2],
      ['node_load1{instance="b"}', NOW, 3],
    ]);
  });

  it('get millisecond times, and the time of their arrival where they have none', async () => {
    const found = await read(`node,instance=a v=1 ${NOW}123456\n\n# remark\r\nnode,instance=a v=2\r\nnode,instance=a s="x y",v=3 `, {
      precision: 'ns',
    });
    expect(found.text).toBe(`node,instance=a v=1 ${NOW}\nnode,instance=a v=2 ${NOW}\nnode,instance=a s="x y",v=3 ${NOW}\n`);
    expect(found.stamped).toBe(true);
  });

  it.each([
    'node,instance=a v=1 1795000000000\r',
    'node,instance=a v=1 1795000000000',
    'node,instance=a v=1 1795000000000\r\nnode,instance=a v=2 1795000000001\r\n',
  ])('end with a line break each, however they came: %j', async (text) => {
    const found = await read(text);
    expect(found.text).toBe(text.replaceAll('\r', '').replace(/\n?$/, '\n'));
  });

  it('that are refused are left out and counted, the first ten with their reasons', async () => {
    const bad = Array.from({ length: 12 }, () => 'nonsense\n').join('');
    const found = await read(`node,instance=a v=1 ${NOW}\n${bad}node,instance=a v=2 ${NOW + 1}\n`);
    expect(found.text).toBe(`node,instance=a v=1 ${NOW}\nnode,instance=a v=2 ${NOW + 1}\n`);
    expect([found.refused, found.refusals.length]).toEqual([12, 10]);
    expect(found.refusals[0]).toEqual({ line: 2, reason: 'it has no fields', node: undefined, unreadable: true });
  });

  it('of the wrong time are refused with the difference', async () => {
    const found = await read(
      `node,instance=a v=1 ${NOW + 600_001}\nnode,instance=a v=1 ${NOW - 86_400_001}\nnode,instance=a v=1 ${NOW + 600_000}\n`,
    );
    expect(found.refusals.map(({ reason }) => reason)).toEqual([
      "its time is 600 s ahead of the collector's; set the node's clock",
      'its time is 86400 s ago, older than what is kept',
    ]);
    expect(found.rows).toHaveLength(1);
  });

  it('that are too long are refused, wherever their length is', async () => {
    const lineBytes = 100;
    const long = 'x'.repeat(200);
    const lines = [
      `node,instance=a,t=${long} v=1`,
      `node,instance=a ${long}=1`,
      `node,instance=a v="${long}"`,
      `node,instance=a ${Array.from({ length: 60 }, (_, at) => `v${at}=1`).join(',')}`,
      long,
    ];
    const found = await read(`${lines.join('\n')}\nnode,instance=a v=1\n`, { lineBytes });
    expect([found.refused, found.rows.length]).toEqual([lines.length, 1]);
  });

  it('keep nothing where the sender may not write one of them', async () => {
    const table = seriesTable(limits);
    await expect(read(`node,instance=a v=1\nnode,instance=b v=1\n`, { admit: onlyA }, table)).rejects.toThrow('no');
    await read('node,instance=b v=1\n', {}, table);
    await expect(read(`node,instance=b v=1\n`, { admit: onlyA }, table)).rejects.toThrow('no');
  });

  it('may come in any order of series, repeat themselves, and gain and lose fields', async () => {
    const random = seeded(5);
    const table = seriesTable(limits);
    for (let round = 0; round < 300; round++) {
      const wanted: [string, number, number][] = [];
      const lines = Array.from({ length: 20 }, () => {
        const node = 'abc'[Math.floor(random() * 3)];
        const cpu = Math.floor(random() * 4);
        const fields = ['p', 'q', 'r', 's']
          .filter(() => random() < 0.6)
          .concat('z')
          .sort(() => random() - 0.5);
        const values = fields.map((field) => [field, Math.floor(random() * 1000)] as const);
        for (const [field, value] of values) wanted.push([`m_${field}{cpu="${cpu}",instance="${node}"}`, NOW + round, value]);
        const tags = random() < 0.5 ? `instance=${node},cpu=${cpu}` : `cpu=${cpu},instance=${node}`;
        return `m,${tags} ${values.map(([field, value]) => `${field}=${value}`).join(',')} ${NOW + round}`;
      });
      expect((await read(`${lines.join('\n')}\n`, {}, table)).rows).toEqual(wanted);
    }
  });

  it.each(['x\n', '#\n', '\n', 'a b=1\n', 'a,instance=a b="\n', 'a,instance=n b=1 5\n'])(
    'never let one sender hold the others for long: much garbage is read in short turns, %j',
    async (shape) => {
      const longest = await longestTurn(() => read(shape.repeat(Math.ceil(8e6 / shape.length))));
      expect(longest).toBeLessThan(500);
    },
  );
});

// The longest that others waited for the event loop meanwhile, in milliseconds.
async function longestTurn(work: () => Promise<unknown>): Promise<number> {
  let longest = 0;
  let last = performance.now();
  let going = true;
  const look = (): void => {
    longest = Math.max(longest, performance.now() - last);
    last = performance.now();
    if (going) setImmediate(look);
  };
  setImmediate(look);
  await work();
  going = false;
  return longest;
}
