import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { NodeSummary } from '../../collector/api/nodes.ts';
import type { Collector } from '../../collector/collector.ts';
import { makeTokens } from '../../collector/ingest/tokens.ts';
import { openCollector, post, temporaryFolder } from '../collector.ts';

const folder = temporaryFolder();
const key = join(folder.path, 'other.key');
let open: Collector;
let guarded: Collector;
beforeAll(async () => {
  open = await openCollector(join(folder.path, 'open'), { limits: { series_per_node: 3 } });
  makeTokens(key);
  guarded = await openCollector(join(folder.path, 'guarded'), { auth: { key_file: key } });
});
afterAll(async () => {
  await open.close();
  await guarded.close();
  folder.remove();
});

async function summaries(collector: Collector): Promise<Readonly<Record<string, NodeSummary>>> {
  const { data } = (await (await fetch(`${collector.url}/api/v1/nodes`)).json()) as { readonly data: readonly NodeSummary[] };
  return Object.fromEntries(data.map((node) => [node.name, node]));
}

const metric = async (collector: Collector, name: string): Promise<number> =>
  Number(new RegExp(`^${name} (\\S+)$`, 'm').exec(await (await fetch(`${collector.url}/metrics`)).text())?.[1]);

describe('a refusal', () => {
  it('is noted at the node whose line it was, and at none where the line does not say', async () => {
    const bad = 'm,instance=second v=abc\nm,instance=first v=2 99999999999999\nm,instance=full a=1,b=2,c=3,d=4\nm,instance=full,x=1 a=1\n';
    await post(open.url, `m,instance=first v=1\n${bad}nonsense\n`);
    await post(open.url, 'm,instance=third v=1\nm,nothing=here v=1\n');
    const { first, second, third, full } = await summaries(open);
    expect([first, second, third, full].map((node) => node?.refusal?.reason)).toEqual([
      expect.stringContaining('ahead of the collector'),
      '"abc" is not a number',
      undefined,
      expect.stringContaining('node full has 3 series already'),
    ]);
  });

  it('of a whole body for its second node leaves nothing of the first: no node, no claim', async () => {
    const token = makeTokens(key).issue('a1');
    const headers = { authorization: `Bearer ${token}`, 'x-vigie-agent': 'one' };
    expect((await post(guarded.url, 'm,instance=a1 v=1\nm,instance=a2 v=1\n', { headers })).status).toBe(403);
    expect(await summaries(guarded)).toEqual({});
    const as = (agent: string, body: string) => post(open.url, body, { headers: { 'x-vigie-agent': agent } });
    expect((await as('one', 'm,instance=held v=1\n')).status).toBe(204);
    expect((await as('two', 'm,instance=known v=1\n')).status).toBe(204);
    expect((await as('three', 'm,instance=new v=1\nm,instance=held v=2\n')).status).toBe(409);
    expect(Object.keys(await summaries(open))).not.toContain('new');
    expect((await as('two', 'm,instance=new v=1\n')).status).toBe(204);
    expect((await as('two', 'm,instance=known v=1\nm,instance=held v=2\n')).status).toBe(409);
    expect((await as('two', 'm,instance=known v=2\n')).status).toBe(204);
  });

  it.each([
    `m,instance=n ${'v'.repeat(500)}"=1`,
    `m,instance=${'n'.repeat(500)} v=1`,
    `m,instance=n v=${'x'.repeat(400)}`,
    `m,instance=n,${'t'.repeat(500)} v=1`,
    `m,instance=n,${'t'.repeat(500)}=1 v=1`,
    `m,instance=n,${'t'.repeat(500)}"=1 v=1`,
  ])('repeats no more than the beginning of what was sent', async (line) => {
    const { status, text } = await post(open.url, line);
    expect([status, text.length < 330]).toEqual([400, true]);
  });

  it.each([
    `m,instance=n ${'v'.repeat(70_000)}=1`,
    `m,instance=n v=${'1'.repeat(70_000)}`,
    `m,instance=n s="${'s'.repeat(70_000)}"`,
    `m,instance=${'n'.repeat(70_000)} v=1`,
    'm'.repeat(70_000),
  ])('of a line longer than the limit says so', async (line) => {
    const { text } = await post(open.url, `${line}\n`);
    expect(text).toContain('line 1: it is longer than 65536 bytes (limits.line)');
  });

  it('of what is no line protocol shows a right line, once', async () => {
    const { text } = await post(open.url, 'nonsense\nm,nothing=here v=1\nm v\n');
    expect(text.match(/a right line: (.*?)\)/g)).toHaveLength(1);
    const [, example = ''] = /line 1: it has no fields \(a right line: (.*?)\)/.exec(text) ?? [];
    expect((await post(open.url, example)).status).toBe(204);
  });

  it('of a precision repeats it and says which are taken', async () => {
    const { status, text } = await post(open.url, 'm,instance=n v=1', { path: '/write?precision=xx' });
    expect([status, text]).toEqual([400, expect.stringMatching(/precision=.*xx.* is not known; send ns, us, ms, s, m or h/)]);
  });
});

it('fields of text make no row, and are counted', async () => {
  expect((await post(open.url, 'm,instance=text s="a",t="b"\nm,instance=text v=1,s="c"\n')).status).toBe(204);
  expect(await metric(open, 'vigie_collector_text_fields_total')).toBe(3);
});
