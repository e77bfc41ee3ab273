import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { post, startCollectorProgram, startProgram, temporaryFolder } from '../collector.ts';
import type { Running } from '../collector.ts';
import { needsServer } from '../services/needs-server.ts';
import { startNodeExporter } from '../services/node-exporter.ts';
import { runPromtool, startPrometheus } from '../services/prometheus.ts';
import type { Service } from '../services/service.ts';

/** What the first two rows of the dashboard Node Exporter Full (grafana.com 1860, revision 45) ask for. */
const FIRST_SCREEN = [
  'node_boot_time_seconds',
  'node_cpu_seconds_total',
  'node_filesystem_avail_bytes',
  'node_filesystem_size_bytes',
  'node_load1',
  ...['MemAvailable', 'MemTotal', 'MemFree', 'Buffers', 'Cached', 'SReclaimable', 'SwapFree', 'SwapTotal'].map(
    (field) => `node_memory_${field}_bytes`,
  ),
  ...['cpu_waiting', 'io_waiting', 'memory_waiting', 'irq_stalled'].map((field) => `node_pressure_${field}_seconds_total`),
  'node_time_seconds',
  'node_network_receive_bytes_total',
  'node_network_transmit_bytes_total',
  'node_uname_info',
];

needsServer(
  'prometheus',
  'promtool',
  'prometheus-node-exporter',
)('a real Prometheus', () => {
  const folder = temporaryFolder();
  let collector: Running & { readonly url: string };
  const agents: Running[] = [];
  let prometheus: Service;
  let exporter: Service;
  let going = true;
  let lying: Promise<void>;

  const startAgent = (instance: string): void => {
    const dir = join(folder.path, instance);
    mkdirSync(dir);
    writeFileSync(
      join(dir, 'agent.yaml'),
      JSON.stringify({ collector: collector.url, instance, cluster: 'test', period: '1s', push: '1s', spool: { dir } }),
    );
    agents.push(startProgram('agent/main.js', ['--config', join(dir, 'agent.yaml')]));
  };

  // A node that says everything wrongly that can be said wrongly.
  const lie = async (): Promise<void> => {
    while (going) {
      const now = Date.now();
      const lines = [
        `node,instance=liar load1=1 ${now}`,
        `node,instance=liar load1=2 ${now}`,
        `nod,instance=liar e_load1=3 ${now}`,
        `node,instance=liar,a:b=1,le=x,quantile=y load1=4 ${now}`,
        `node,instance=liar,__name__=x load1=5 ${now}`,
        `node,instance=liar,-_name__=x load1=5 ${now}`,
        `process,instance=liar cpu_seconds_total=6 ${now}`,
        `vigie_collector,instance=liar store_seconds_count=7,store_seconds_bucket=8,series=9 ${now}`,
        `node-x,instance=liar a-b=1,a_b=2 ${now}`,
        `node,instance=liar,x=a\\ "\\ },\\n load15=1 ${now}`,
        `node,instance=liar,job=stolen load5=1 ${now}`,
        `node,instance=liar load1=NaN ${now}`,
        `1,instance=liar 2=3 ${now}`,
        `é,instance=liar ü=3 ${now}`,
      ];
      await post(collector.url, `${lines.join('\n')}\n`).catch(() => undefined);
      await pause(300);
    }
  };

  beforeAll(async () => {
    collector = await startCollectorProgram(folder.path);
    exporter = await startNodeExporter();
    for (const instance of ['node1', 'node2', 'node3']) startAgent(instance);
    lying = lie();
    prometheus = await startPrometheus(
      [
        'global: { scrape_interval: 1s, scrape_timeout: 1s }',
        'scrape_configs:',
        '- job_name: vigie',
        '  honor_labels: true',
        `  http_sd_configs: [{ url: "${collector.url}/sd", refresh_interval: 1s }]`,
        '- job_name: all',
        '  honor_labels: true',
        `  static_configs: [{ targets: ["${new URL(collector.url).host}"] }]`,
      ].join('\n'),
    );
  });
  afterAll(async () => {
    going = false;
    await lying;
    await Promise.all([...agents.map((agent) => agent.kill()), prometheus.stop(), exporter.stop()]);
    await collector.kill();
    folder.remove();
  });

  const ask = async (expression: string): Promise<{ metric: Record<string, string>; value: [number, string] }[]> => {
    const answer = (await (
      await fetch(`${prometheus.url}/api/v1/query?${new URLSearchParams({ query: expression }).toString()}`)
    ).json()) as {
      data: { result: never[] };
    };
    return answer.data.result;
  };

  it('finds every node through /sd and scrapes it, the lying one too, and all of them on one page', async () => {
    await expect
      .poll(async () => (await ask('up == 1')).map(({ metric }) => `${metric['job']} ${metric['instance']}`).sort(), {
        timeout: 30_000,
        interval: 500,
      })
      .toEqual([`all ${new URL(collector.url).host}`, 'vigie liar', 'vigie node1', 'vigie node2', 'vigie node3']);
  });

  it('answers the first screen of Node Exporter Full for each instance', async () => {
    const here = new Set((await metrics(exporter.url)).split('\n').flatMap((line) => /^(\w+)[{ ]/.exec(line)?.[1] ?? []));
    const expected = FIRST_SCREEN.filter((name) => here.has(name)).sort();
    console.log(`this kernel has no ${FIRST_SCREEN.filter((name) => !here.has(name)).join(', ') || 'lack'}`);
    const answered = async (instance: string): Promise<string[]> => {
      const found = await ask(`count by (__name__) ({__name__=~"${FIRST_SCREEN.join('|')}",instance="${instance}",job="vigie"})`);
      return found.map(({ metric }) => metric['__name__'] ?? '').sort();
    };
    for (const instance of ['node1', 'node2', 'node3'])
      await expect.poll(() => answered(instance), { timeout: 20_000, interval: 500 }).toEqual(expected);
    const [uname] = await ask('node_uname_info{instance="node1",job="vigie"}');
    expect(uname?.metric).toMatchObject({ cluster: 'test', nodename: expect.any(String) });
    expect(expected.length).toBeGreaterThan(18);
  });

  it('finds nothing to say about our text that it would not say about node_exporter’s', async () => {
    const theirs = await complaints(await metrics(exporter.url));
    const page = await metrics(collector.url);
    // The lying node’s labels are its own fault; that its text can be read is ours.
    await complaints(page);
    const ours = await complaints(
      page
        .split('\n')
        .filter((line) => !line.includes('instance="liar"'))
        .join('\n'),
    );
    expect([...ours].filter((line) => !theirs.has(line))).toEqual([]);
  });
});

async function metrics(url: string): Promise<string> {
  return (await fetch(`${url}/metrics`)).text();
}

// What promtool objects to in a text that it can read.
async function complaints(text: string): Promise<Set<string>> {
  const { code, output } = await runPromtool(['check', 'metrics'], text);
  expect([0, 3]).toContain(code);
  return new Set(output.split('\n').filter((line) => line !== ''));
}
