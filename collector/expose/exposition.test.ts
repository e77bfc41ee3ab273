import { PassThrough } from 'node:stream';
import { text as textOf } from 'node:stream/consumers';
import { describe, expect, it } from 'vitest';
import { takeColumns } from '../ingest/columns.ts';
import { readLines } from '../ingest/read-lines.ts';
import { seriesTable } from '../series/series-table.ts';
import type { Node } from '../series/nodes.ts';
import { periodOf, stateOf } from '../series/nodes.ts';
import { catalogueOf } from './catalogue.ts';
import { nodeText, writeFleet } from './exposition.ts';

const START = 1_795_000_000_000;
const catalogue = catalogueOf([
  { name: 'node_load1', set: 'node', field: 'load1', kind: 'gauge', unit: 'count', help: 'Load \\ of a minute.', labels: [] },
]);

function fleet() {
  const table = seriesTable({ series_per_node: 1000, nodes: 100, labels: 10, label_name: 20, label_value: 50 });
  return {
    table,
    send: async (now: number, text: string, outside = false) => {
      const rules = {
        precision: 'ms',
        now,
        oldest: 0,
        newest: Infinity,
        lineBytes: 1000,
        admit: () => undefined,
        claim: () => undefined,
        outside,
      } as const;
      return readLines(table, Buffer.from(text), rules, takeColumns());
    },
    page: async (now: number, isTaken?: (name: string) => boolean) => {
      const out = new PassThrough();
      const all = textOf(out);
      await writeFleet(table, catalogue, now, out, new AbortController().signal, isTaken);
      out.end();
      return all;
    },
    node: (name: string) => table.nodes.get(name) as Node,
  };
}

describe('the exposition', () => {
  it('has HELP and TYPE once a family, its samples together, and its labels escaped', async () => {
    const { send, page } = fleet();
    await send(START, `node,instance=a load1=1,load5=2 ${START}\n`);
    await send(START, `node,instance=b load5=4,load1=3 ${START}\nm_total,instance=a,p=x\\ "y"\\,\\z v=1e-7 ${START}\n`);
    expect((await page(START)).split('\n')).toEqual([
      String.raw`# HELP node_load1 Load \\ of a minute.`,
      '# TYPE node_load1 gauge',
      'node_load1{instance="a"} 1',
      'node_load1{instance="b"} 3',
      expect.stringMatching(/^# HELP node_load5 /),
      '# TYPE node_load5 untyped',
      'node_load5{instance="a"} 2',
      'node_load5{instance="b"} 4',
      expect.stringMatching(/^# HELP m_total_v /),
      '# TYPE m_total_v untyped',
      String.raw`m_total_v{instance="a",p="x \"y\",\\z"} 0.0000001`,
      '',
    ]);
  });

  it('has one node’s series for that node alone', async () => {
    const { send, table, node } = fleet();
    await send(START, `node,instance=a load1=1 ${START}\nnode,instance=b load1=2 ${START}\n`);
    expect(nodeText(table, catalogue, node('a'), START)).toMatch(/^# HELP .*\n# TYPE .*\nnode_load1\{instance="a"\} 1\n$/);
  });

  it('has what others tell of a silent node, by the collector’s clock, and loses it when they fall silent too', async () => {
    const { send, page, node } = fleet();
    for (let at = 0; at <= 90_000; at += 30_000) await send(START + at, `power,instance=a node_watts=9 ${START + at}\n`, true);
    const last = START + 90_000;
    expect(stateOf(node('a'), last)).toBe('down');
    expect(await page(last + 90_000)).toContain('power_node_watts{instance="a"} 9');
    expect(await page(last + 90_001)).toBe('');
  });

  it('takes no clock for set back because others tell of the node by another', async () => {
    const { send, page, node } = fleet();
    const behind = 3_600_000;
    for (let at = 0; at <= 60_000; at += 5000) {
      await send(START + at, `power,instance=a node_watts=9 ${START + at}\n`, true);
      await send(START + at, `node,instance=a load1=1 ${START + at - behind}\n`);
    }
    expect(node('a')).toMatchObject({ newest: START + 60_000 - behind, behind: undefined });
    expect(await page(START + 60_000)).toMatch(
      /power_node_watts\{instance="a"\} 9[^]*node_load1\{instance="a"\} 1|node_load1[^]*power_node_watts/,
    );
  });

  it('loses a silent node after three of its periods, and has it again when it sends', async () => {
    const { send, page, node } = fleet();
    for (let at = 0; at <= 20_000; at += 5000) await send(START + at, `node,instance=a load1=1 ${START + at}\n`);
    const last = START + 20_000;
    expect(periodOf(node('a'))).toBe(5000);
    expect([7000, 8000, 15_000, 15_001].map((silent) => stateOf(node('a'), last + silent))).toEqual(['alive', 'late', 'late', 'down']);
    expect(await page(last + 15_000)).toContain('node_load1');
    expect(await page(last + 15_001)).toBe('');
    await send(last + 60_000, `node,instance=a load1=2 ${last + 60_000}\n`);
    expect(await page(last + 60_000)).toContain('node_load1{instance="a"} 2');
  });

  it('is not told that a node lives by what comes out of its backlog', async () => {
    const { send, page, node } = fleet();
    for (let at = 0; at <= 20_000; at += 5000) await send(START + at, `node,instance=a load1=1 ${START + at}\n`);
    await send(START + 40_000, `node,instance=a load1=9 ${START + 10_000}\n`);
    expect([await page(START + 40_000), periodOf(node('a'))]).toEqual(['', 5000]);
  });

  it('loses a vanished device after three of its own periods, by the node’s clock, however wrong that is', async () => {
    const { send, page } = fleet();
    const skew = -3_600_000;
    for (let at = 0; at <= 60_000; at += 5000) {
      const slow = at % 20_000 === 0 ? `slow,instance=a v=1 ${START + at + skew}\n` : '';
      const device = at <= 20_000 ? `disk,instance=a,device=sda v=1 ${START + at + skew}\n` : '';
      await send(START + at, `node,instance=a load1=1 ${START + at + skew}\n${device}${slow}`);
      expect((await page(START + at)).includes('sda')).toBe(at <= 35_000);
      expect(await page(START + at)).toContain('slow_v');
    }
  });

  it('keeps a slow sensor of an agent that has started between two of its readings', async () => {
    const { send, page } = fleet();
    // Everything is read as the agent starts, 3 s before the next multiple of five minutes.
    const read = new Set([0, 3000, 303_000]);
    for (let at = 0; at <= 600_000; at += 1000) {
      await send(
        START + at,
        `node,instance=a load1=1 ${START + at}\n${read.has(at) ? `node_hardware,instance=a info=1 ${START + at}\n` : ''}`,
      );
      expect(await page(START + at)).toContain('node_hardware_info');
    }
  });

  it('never has a value that is no number', async () => {
    const { send, page } = fleet();
    await send(START, `m,instance=a a=NaN ${START}\nm,instance=a b="x" ${START}\nm,instance=a c=Inf ${START}\nm,instance=a d=t ${START}\n`);
    expect((await page(START)).split('\n').filter((line) => !line.startsWith('#'))).toEqual(['m_d{instance="a"} 1', '']);
  });

  it('leaves out families whose name is the page’s own', async () => {
    const { send, page } = fleet();
    await send(START, `process,instance=a cpu_seconds_total=1 ${START}\nnode,instance=a load1=1 ${START}\n`);
    expect(await page(START, (name) => name.startsWith('process_'))).not.toContain('process_');
  });

  it('ends where its reader has gone', async () => {
    const { send, table } = fleet();
    await send(START, Array.from({ length: 900 }, (_, at) => `m,instance=a,at=${at} v=1 ${START}\n`).join(''));
    const out = new PassThrough({ highWaterMark: 10 });
    const gone = new AbortController();
    const written = writeFleet(table, catalogue, START, out, gone.signal);
    gone.abort();
    await expect(written).resolves.toBeUndefined();
  });
});
