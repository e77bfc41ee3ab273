import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { madeMachine, watch } from '../../../test/machines/made-machine.ts';
import { version } from '../../version.ts';
import agent from './index.ts';

test('memory is what the kernel says, CPU time moves on', async () => {
  const { root } = madeMachine({ '/proc/self/status': 'Name:\tnode\nVmRSS:\t   51200 kB\nRssAnon:\t   20480 kB\n' });
  const watched = await watch(agent, root);
  const first = await watched.round();
  expect(first).toMatchObject({ vigie_agent_resident_memory_bytes: 50 * 2 ** 20, vigie_agent_private_memory_bytes: 20 * 2 ** 20 });
  for (let until = Date.now() + 30; Date.now() < until;);
  const second = await watched.round();
  expect(second['vigie_agent_cpu_seconds_total']).toBeGreaterThan(first['vigie_agent_cpu_seconds_total'] ?? Number.NaN);
  expect(second['vigie_agent_start_time_seconds']).toBe(first['vigie_agent_start_time_seconds']);
});

test('child processes are counted in, and without a list of them nothing is said', async () => {
  const alone = madeMachine({ '/proc/self/status': 'VmRSS:\t   51200 kB\n' });
  expect(Object.keys(await (await watch(agent, alone.root)).round()).filter((name) => name.includes('children'))).toEqual([]);
  const parent = madeMachine({
    '/proc/self/status': 'VmRSS:\t   51200 kB\n',
    '/proc/thread-self/children': '7 ',
    '/proc/self/stat': '1 (node) S 0 1 1 0 -1 0 0 0 0 0 9 9 100 50 20 0 1 0 1 0 0',
    '/proc/7/stat': '7 (node) S 1 1 1 0 -1 0 0 0 0 0 30 20 0 0 20 0 1 0 1 0 0',
    '/proc/7/status': 'RssAnon:\t  2048 kB\nRssFile:\t  4096 kB\n',
  });
  expect(await (await watch(agent, parent.root)).round()).toMatchObject({
    vigie_agent_children_cpu_seconds_total: 2,
    vigie_agent_children_resident_memory_bytes: 2 * 2 ** 20,
  });
});

test('the version is that of the package', () => {
  const { version: released } = JSON.parse(readFileSync(new URL('../../../package.json', import.meta.url), 'utf8')) as { version: string };
  expect(version).toBe(released);
});
