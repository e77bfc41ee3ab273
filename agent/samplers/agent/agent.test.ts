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

test('the version is that of the package', () => {
  const { version: released } = JSON.parse(readFileSync(new URL('../../../package.json', import.meta.url), 'utf8')) as { version: string };
  expect(version).toBe(released);
});
