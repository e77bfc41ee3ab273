import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Collector } from '../collector.ts';
import { openCollector, post, temporaryFolder } from '../../test/collector.ts';

const folder = temporaryFolder();
let collector: Collector;
beforeAll(async () => {
  collector = await openCollector(folder.path, { query: { lookback: '2m', concurrency: 3 } });
  await post(collector.url, `node,instance=a load1=1\nnode_cpu,instance=a,cpu=0,mode=idle seconds_total=1\nroom,instance=a doors=1\n`);
});
afterAll(async () => {
  await collector.close();
  folder.remove();
});

const ask = async (path: string): Promise<unknown> => (await fetch(`${collector.url}/api/v1/${path}`)).json();

it('tells which Prometheus it answers as, with no feature that would make it a Mimir', async () => {
  const { data } = (await ask('status/buildinfo')) as { data: Readonly<Record<string, unknown>> };
  expect(data).toMatchObject({ version: expect.stringMatching(/^3\./) as string, revision: 'vigie test' });
  expect(data).not.toHaveProperty('features');
});

it('tells its limits as flags', async () => {
  expect(await ask('status/flags')).toMatchObject({
    status: 'success',
    data: { 'query.lookback-delta': '2m', 'query.max-concurrency': '3', 'storage.tsdb.retention.time': '2w' },
  });
  expect(await ask('status/runtimeinfo')).toMatchObject({ data: { storageRetention: '2w', reloadConfigSuccess: true } });
});

it('has empty lists of what there is none of', async () => {
  expect(await ask('rules')).toEqual({ status: 'success', data: { groups: [] } });
  expect(await ask('alerts')).toEqual({ status: 'success', data: { alerts: [] } });
  expect(await ask('query_exemplars?query=up')).toEqual({ status: 'success', data: [] });
  const posted = await fetch(`${collector.url}/api/v1/query_exemplars`, { method: 'POST', body: new URLSearchParams({ query: 'up' }) });
  expect(await posted.json()).toEqual({ status: 'success', data: [] });
});

it('tells what the metrics that came mean', async () => {
  const load = { type: 'gauge', help: '1m load average.', unit: '' };
  const { data } = (await ask('metadata')) as { data: Readonly<Record<string, readonly unknown[]>> };
  expect(data).toMatchObject({
    node_load1: [load],
    node_cpu_seconds_total: [{ type: 'counter' }],
    room_doors: [{ type: 'unknown' }],
  });
  expect(await ask('metadata?metric=node_load1')).toEqual({ status: 'success', data: { node_load1: [load] } });
  expect(await ask('metadata?metric=node_load5')).toEqual({ status: 'success', data: {} });
  expect(Object.keys(((await ask('metadata?limit=1')) as { data: object }).data)).toHaveLength(1);
  expect(await ask('metadata?metric=node_load1&limit_per_metric=0')).toEqual({ status: 'success', data: { node_load1: [] } });
  expect(await ask('metadata?limit=x')).toEqual({ status: 'error', errorType: 'bad_data', error: 'limit must be a number' });
});
