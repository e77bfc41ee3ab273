import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import type { NodeSummary } from '../../collector/api/nodes.ts';
import type { Collector } from '../../collector/collector.ts';
import { openCollector, post, temporaryFolder } from '../collector.ts';

const PERIOD = 10_000;
const start = Date.now();
const folder = temporaryFolder();
let collector: Collector;
beforeEach(async () => {
  vi.useFakeTimers({ toFake: ['Date'], now: start });
  collector = await openCollector(folder.path);
});
afterEach(async () => {
  await collector.close();
  vi.useRealTimers();
  folder.remove();
});

const read = async (path: string): Promise<string> => (await fetch(collector.url + path)).text();

it.each([
  ['had run 540 s ahead', 540_000, 0],
  ['is set back by a day', 0, -86_400_000],
])('a node whose clock %s goes on being alive, with its new values wherever they are read', async (_name, before, after) => {
  let value = 0;
  const send = async (offset: number, slow = ''): Promise<void> => {
    const now = start + value * PERIOD;
    vi.setSystemTime(now);
    const lines = `m,instance=n v=${++value} ${now + offset}\n${slow === '' ? '' : `${slow} ${now + offset}\n`}`;
    expect(await post(collector.url, lines)).toMatchObject({ status: 204 });
  };
  for (let at = 0; at < 5; at++) await send(before, at === 4 ? 'slow,instance=n v=77' : '');
  for (let at = 0; at < 5; at++) {
    await send(after);
    expect(await read('/sd')).toContain('"instance":"n"');
  }
  for (const page of ['/metrics', '/metrics/n']) {
    expect(await read(page)).toContain(`\nm_v{instance="n"} ${value}\n`);
    // What is read seldom has not gone.
    expect(await read(page)).toContain('\nslow_v{instance="n"} 77\n');
  }
  const { data } = JSON.parse(await read('/api/v1/nodes')) as { readonly data: readonly NodeSummary[] };
  expect(data).toMatchObject([{ state: 'alive', clockSeconds: after / 1000 }]);
});
