import { cpSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, expect, it } from 'vitest';
import { exported, openCollector, post, temporaryFolder } from '../collector.ts';

const closing: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

it.each([
  ['series_per_node', { series_per_node: 3 }],
  ['nodes', { nodes: 1 }],
  ['labels', { labels: 1 }],
  ['label_value', { label_value: 2 }],
])('what was acknowledged outlives a kill and a start with a lower limits.%s, which holds for what comes then', async (_name, limits) => {
  const folder = temporaryFolder();
  closing.push(() => folder.remove());
  const config = { stores: { duckdb: { commit: '1h' } } };
  const killed = await openCollector(join(folder.path, 'killed'), config);
  closing.push(() => killed.close());
  const lines = `m,instance=node1,x=long a=1,b=2,c=3,d=4,e=5 ${Date.now()}\nm,instance=node2,x=long a=6 ${Date.now()}\n`;
  expect(await post(killed.url, lines)).toMatchObject({ status: 204 });
  // What a kill leaves on the disk.
  const left = join(folder.path, 'left');
  cpSync(join(folder.path, 'killed'), left, { recursive: true, filter: (path) => !path.endsWith('.sock') });
  const again = await openCollector(left, { ...config, limits });
  closing.push(() => again.close());
  for (const [field, value] of Object.entries({ a: 1, b: 2, c: 3, d: 4, e: 5 })) {
    expect((await exported(again.url, `m_${field}{instance="node1"}`))[0]?.values).toEqual([value]);
  }
  expect((await exported(again.url, 'm_a{instance="node2"}'))[0]?.values).toEqual([6]);
  const more = await post(again.url, `other,instance=node3,x=long,y=long a=1,b=2,c=3,d=4 ${Date.now()}\n`);
  expect(more).toMatchObject({ status: 400 });
});
