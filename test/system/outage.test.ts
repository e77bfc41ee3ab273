import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { exported, post, startCollectorProgram, startProgram, temporaryFolder } from '../collector.ts';
import type { Running } from '../collector.ts';
import { startInfluxd } from '../services/influxd.ts';
import { needsServer } from '../services/needs-server.ts';
import type { Service } from '../services/service.ts';

const NODES = ['dahu1', 'dahu2', 'dahu3'];
const PERIOD_MS = 200;

needsServer('influxd')('an InfluxDB that is killed while agents push', () => {
  const folder = temporaryFolder();
  let influxd: Service;
  let collector: Running & { readonly url: string };
  let agents: Running[] = [];

  beforeAll(async () => {
    influxd = await startInfluxd();
    const stores = { duckdb: { commit: '200ms' }, influxdb: { url: influxd.url, database: 'vigie' } };
    collector = await startCollectorProgram(folder.path, { stores });
    agents = NODES.map((instance) => {
      const dir = join(folder.path, instance);
      mkdirSync(dir);
      const config = {
        collector: collector.url,
        instance,
        period: `${PERIOD_MS}ms`,
        push: '400ms',
        spool: { dir },
        backlog_rate: '10MiB',
        budget: { cpu: '100%' },
      };
      writeFileSync(join(dir, 'agent.yaml'), JSON.stringify(config));
      return startProgram('agent/main.js', ['--config', join(dir, 'agent.yaml')]);
    });
  });
  afterAll(async () => {
    await Promise.all(agents.map((agent) => agent.kill()));
    await collector.kill();
    await influxd.stop();
    folder.remove();
  });

  const inDuckdb = async (name: string, node: string): Promise<[number, number][]> => {
    const [series] = await exported(collector.url, `${name}{instance="${node}"}`);
    return series?.timestamps.map((time, at) => [time, series.values[at] as number]) ?? [];
  };
  const inInfluxdb = async (measurement: string, field: string, node: string): Promise<[number, number][]> => {
    const query = `SELECT "${field}" FROM "${measurement}" WHERE "instance" = '${node}'`;
    const answer = await fetch(`${influxd.url}/query?${new URLSearchParams({ db: 'vigie', epoch: 'ms', q: query }).toString()}`);
    const { results } = (await answer.json()) as { results: { series?: { values: [number, number][] }[] }[] };
    return results[0]?.series?.[0]?.values ?? [];
  };
  const last = async (node: string): Promise<number> => (await inInfluxdb('node', 'load1', node)).at(-1)?.[0] ?? 0;
  const longestGap = async (node: string): Promise<number> => {
    const times = (await inInfluxdb('node', 'load1', node)).map(([time]) => time);
    return Math.max(...times.slice(1).map((time, at) => time - (times[at] as number)));
  };
  const allStoredSince = async (time: number): Promise<void> => {
    for (const node of NODES) await expect.poll(() => last(node), { timeout: 40_000, interval: 200 }).toBeGreaterThan(time);
  };

  it('has every sample afterwards, once, and the same as the embedded store', { timeout: 300_000 }, async () => {
    await allStoredSince(0);
    const killedAt = Date.now();
    await influxd.kill();
    const refused = await expect
      .poll(() => post(collector.url, `probe,instance=probe v=1 ${killedAt}\n`).then(({ status }) => status), { timeout: 20_000 })
      .toBe(503)
      .then(() => post(collector.url, `probe,instance=probe v=1 ${killedAt}\n`));
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0);
    expect((await fetch(`${collector.url}/readyz`)).status).toBe(503);
    // As long as a server is away that someone restarts after an update.
    await pause(60_000 - (Date.now() - killedAt));
    await influxd.restart();
    await allStoredSince(Date.now() + 1000);
    await expect
      .poll(() => post(collector.url, `probe,instance=probe v=1 ${killedAt}\n`).then(({ status }) => status), { timeout: 20_000 })
      .toBe(204);
    expect(await inInfluxdb('probe', 'v', 'probe')).toEqual([[killedAt, 1]]);
    expect(await inDuckdb('probe_v', 'probe')).toEqual([[killedAt, 1]]);

    // What was read in that minute follows behind what is live.
    for (const node of NODES) await expect.poll(() => longestGap(node), { timeout: 90_000, interval: 1000 }).toBeLessThan(2000);
    // Each agent gives away what it holds before it ends.
    expect(await Promise.all(agents.map((agent) => agent.stop()))).toEqual([0, 0, 0]);
    for (const node of NODES) {
      for (const [measurement, field] of [
        ['node', 'load1'],
        ['node_time', 'seconds'],
        ['node_memory', 'MemTotal_bytes'],
        ['node', 'context_switches_total'],
      ] as const) {
        const name = `${measurement}_${field}`;
        const duckdb = await inDuckdb(name, node);
        expect(await inInfluxdb(measurement, field, node), `${name} of ${node}`).toEqual(duckdb);
      }
      const times = (await inDuckdb('node_load1', node)).map(([time]) => time);
      // A reading every period; a busy machine may have missed a few, but nothing like the outage.
      expect(await longestGap(node)).toBeLessThan(2000);
      expect(times.length).toBeGreaterThan((0.8 * ((times.at(-1) ?? 0) - (times[0] ?? 0))) / PERIOD_MS);
    }
  });
});
