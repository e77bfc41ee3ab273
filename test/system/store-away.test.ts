import { afterAll, beforeAll, expect, it } from 'vitest';
import influxdb from '../../collector/stores/influxdb/index.ts';
import type { Collector } from '../../collector/collector.ts';
import { openCollector, post, temporaryFolder } from '../collector.ts';
import { openStore } from '../open-store.ts';
import { startInfluxd } from '../services/influxd.ts';
import { needsServer } from '../services/needs-server.ts';
import type { Service } from '../services/service.ts';

needsServer('influxd')('a store whose server has been killed', () => {
  const folder = temporaryFolder();
  let server: Service;
  let collector: Collector;
  beforeAll(async () => {
    server = await startInfluxd();
    collector = await openCollector(folder.path, { stores: { influxdb: { url: server.url } } });
  });
  afterAll(async () => {
    await collector.close();
    await server.stop();
    folder.remove();
  });

  it('is named to the sender and in the log, with the reason and what to do', async () => {
    expect(await post(collector.url, 'm,instance=a v=1\n')).toMatchObject({ status: 204 });
    await server.kill();
    const wanted = `influxdb store ${server.url}: connection refused (ECONNREFUSED); start it, or set required: false in its section of stores`;
    for (let at = 0; at < 2; at++) {
      const { status, text } = await post(collector.url, `m,instance=a v=${at}\n`);
      expect([status, JSON.parse(text)]).toEqual([503, { error: wanted }]);
    }
    expect(await (await fetch(`${collector.url}/readyz`)).text()).toBe(`influxdb: ${wanted}\n`);
    const { store, logged } = await openStore(influxdb, { url: server.url });
    await expect.poll(() => logged).toEqual([`warning: ${wanted}`]);
    await store.close(AbortSignal.timeout(5000));
  });
});
