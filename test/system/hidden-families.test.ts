import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Collector } from '../../collector/collector.ts';
import { openCollector, post, temporaryFolder } from '../collector.ts';

const folder = temporaryFolder();
const logged: string[] = [];
let collector: Collector;
beforeAll(async () => {
  collector = await openCollector(folder.path, {}, (level, message) => logged.push(`${level}: ${message}`));
});
afterAll(async () => {
  await collector.close();
  folder.remove();
});

it("a node's family that is named like one of the collector's own is left out of /metrics, counted, and named once in the log", async () => {
  await post(collector.url, 'process,instance=n cpu_seconds_total=1,mine=2\n');
  for (let scrape = 0; scrape < 2; scrape++) {
    const text = await (await fetch(`${collector.url}/metrics`)).text();
    expect(text).not.toContain('process_cpu_seconds_total{instance="n"}');
    expect(text).toContain('\nprocess_mine{instance="n"} 2\n');
    expect(text).toContain('\nvigie_collector_hidden_families 1\n');
  }
  expect(logged).toEqual([expect.stringMatching(/^warning: process_cpu_seconds_total comes from a node and is left out of \/metrics/)]);
  expect(await (await fetch(`${collector.url}/metrics/n`)).text()).toContain('process_cpu_seconds_total{instance="n"} 1\n');
});
