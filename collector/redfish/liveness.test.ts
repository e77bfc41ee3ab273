import { afterAll, beforeAll, expect, it } from 'vitest';
import { exported, openCollector, post, temporaryFolder } from '../../test/collector.ts';
import type { NodeSummary } from '../api/nodes.ts';
import type { Collector } from '../collector.ts';
import { startBmc } from './made-bmc.ts';
import type { MadeBmc } from './made-bmc.ts';
import { ilo } from './made-trees.ts';

const folder = temporaryFolder();
let bmc: MadeBmc;
let collector: Collector;

beforeAll(async () => {
  bmc = await startBmc({ tree: ilo });
  const redfish = { period: '5s', cluster: 'c', targets: { off: bmc.url, on: bmc.url } };
  collector = await openCollector(folder.path, { redfish, stores: { duckdb: { commit: '100ms' } } });
  // Before its BMC is asked, so that both ways of a node to be known first are there.
  await post(collector.url, `node,cluster=c,instance=on load1=1 ${Date.now() - 3_600_000 / 2}\n`);
}, 30_000);
afterAll(async () => {
  await collector.close();
  await bmc.close();
  folder.remove();
});

async function page(path = '/metrics'): Promise<string> {
  return (await fetch(collector.url + path)).text();
}
async function summaries(): Promise<readonly NodeSummary[]> {
  return ((await (await fetch(`${collector.url}/api/v1/nodes`)).json()) as { data: NodeSummary[] }).data;
}

it('a BMC’s watts are stored and shown, and do not make alive a node that says nothing itself', { timeout: 30_000 }, async () => {
  for (const node of ['off', 'on']) {
    const line = `power_node_watts{cluster="c",instance="${node}",source="redfish"} 184`;
    await expect.poll(() => page(), { timeout: 12_000 }).toContain(line);
    const match = `power_node_watts{instance="${node}"}`;
    await expect.poll(async () => (await exported(collector.url, match))[0]?.values[0], { timeout: 10_000 }).toBe(184);
  }
  const [off, on] = await summaries();
  expect(off).toMatchObject({ name: 'off', cluster: 'c', state: 'down', silentSeconds: null });
  // Its agent's clock is half an hour behind, which the BMC's samples must not hide.
  expect(on?.state).toBe('alive');
  expect(on?.clockSeconds).toBeLessThan(-1700);
  expect(await page()).toContain('node_load1{cluster="c",instance="on"} 1');
  expect(await page()).toMatch(/vigie_collector_nodes\{state="down"\} 1/);
  expect(await page()).toMatch(/vigie_collector_redfish_bmcs\{state="answering"\} 2/);
  const targets = (await (await fetch(`${collector.url}/sd`)).json()) as { labels: { instance: string } }[];
  expect(targets.map(({ labels }) => labels.instance)).toEqual(['on']);
  expect((await fetch(`${collector.url}/metrics/off`)).status).toBe(404);
});
