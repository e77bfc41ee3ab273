import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Transient } from '../../../agent/contract/errors.ts';
import { batchOf } from '../../../test/batch.ts';
import { openStore } from '../../../test/open-store.ts';
import { needsServer } from '../../../test/services/needs-server.ts';
import type { Service } from '../../../test/services/service.ts';
import { flushVictoriaMetrics, startVictoriaMetrics } from '../../../test/services/victoria-metrics.ts';
import kind from './index.ts';

const START = Math.floor(Date.now() / 1000) * 1000 - 3_600_000;

const signal = (): AbortSignal => AbortSignal.timeout(30_000);

interface Exported {
  readonly metric: Readonly<Record<string, string>>;
  readonly values: readonly number[];
  readonly timestamps: readonly number[];
}

async function exported(server: Service, selector: string): Promise<Exported[]> {
  await flushVictoriaMetrics(server);
  const answer = await fetch(`${server.url}/api/v1/export?match[]=${encodeURIComponent(selector)}`, { signal: signal() });
  const lines = (await answer.text()).split('\n').filter((line) => line !== '');
  return lines.map((line) => JSON.parse(line) as Exported);
}

needsServer('victoria-metrics')('the prometheus store on VictoriaMetrics', () => {
  let server: Service;

  beforeAll(async () => {
    server = await startVictoriaMetrics();
  });
  afterAll(() => server.stop());

  it('gives values, labels and times back exactly, under the name that Prometheus would give', async () => {
    const { store } = await openStore(kind, { url: server.url, query: { db: 'dahu' } });
    await Promise.all([
      store.write(batchOf([`node_memory,cluster=dahu,instance=dahu33 MemTotal_bytes=201863462912 ${START}`]), signal()),
      store.write(batchOf([String.raw`gpu,instance=dahu33,model=A\ 100\,\ 80\=GB utilization_ratio=0.125 ${START + 1}`]), signal()),
    ]);
    expect(await exported(server, '{instance="dahu33"}')).toEqual(
      expect.arrayContaining([
        {
          metric: { __name__: 'node_memory_MemTotal_bytes', cluster: 'dahu', instance: 'dahu33', db: 'dahu' },
          values: [201863462912],
          timestamps: [START],
        },
        {
          metric: { __name__: 'gpu_utilization_ratio', instance: 'dahu33', model: 'A 100, 80=GB', db: 'dahu' },
          values: [0.125],
          timestamps: [START + 1],
        },
      ]),
    );
    expect(store.trouble()).toBeUndefined();
    await store.close(signal());
  });

  it('loses nothing when the server is stopped while batches come in', async () => {
    const { store } = await openStore(kind, { url: server.url });
    const counts = { stored: 0, transient: 0 };
    const untilStored = async (line: string): Promise<void> => {
      try {
        await store.write(batchOf([line]), signal());
        counts.stored++;
      } catch (error) {
        if (!(error instanceof Transient)) throw error;
        counts.transient++;
        await pause(20);
        await untilStored(line);
      }
    };
    const node = async (name: number): Promise<void> => {
      for (let at = 0; at < 30; at++) await untilStored(`outage,instance=n${name} v=${at} ${START + at * 1000}`);
    };
    const nodes = Promise.all(Array.from({ length: 10 }, (_, name) => node(name)));
    await expect.poll(() => counts.stored, { timeout: 20_000, interval: 5 }).toBeGreaterThan(50);
    await server.end();
    await expect.poll(() => counts.transient, { timeout: 20_000 }).toBeGreaterThan(10);
    expect(store.trouble()).toContain(server.url);
    await server.restart();
    await nodes;
    expect(store.trouble()).toBeUndefined();
    await store.close(signal());
    const series = await exported(server, 'outage_v');
    expect(series).toHaveLength(10);
    // VictoriaMetrics keeps a sample that came twice twice, unless it is told to deduplicate; its answers do not change by it.
    for (const { values } of series) expect([...new Set(values)]).toEqual(Array.from({ length: 30 }, (_, at) => at));
  });
});

describe('the prometheus store', () => {
  it('writes where it is told, with the headers and parameters it is given', async () => {
    const asked: unknown[] = [];
    const server = createServer((request, response) => {
      const { 'x-scope-orgid': tenant, 'content-encoding': encoding } = request.headers;
      asked.push({ method: request.method, url: request.url, tenant, encoding });
      request.resume().on('end', () => response.writeHead(204).end());
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { store } = await openStore(kind, {
      url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/vm/`,
      write_path: '/insert/0/influx/write',
      query: { db: 'a b' },
      headers: { 'X-Scope-OrgID': 'lab' },
    });
    await store.write(batchOf(['m v=1 1']), signal());
    await store.close(signal());
    server.close();
    expect(asked).toContainEqual({ method: 'POST', url: '/vm/insert/0/influx/write?db=a+b&precision=ms', tenant: 'lab', encoding: 'gzip' });
  });
});
