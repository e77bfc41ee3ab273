import { expect, test } from 'vitest';
import { madeMachine, watch } from '../../../test/machines/made-machine.ts';
import loadavg from './index.ts';

test('the three averages are read, each round anew', async () => {
  const machine = madeMachine({ '/proc/loadavg': '0.52 1.00 12.34 2/345 6789\n' });
  const watched = await watch(loadavg, machine.root);
  expect(await watched.round()).toEqual({ node_load1: 0.52, node_load5: 1, node_load15: 12.34 });
  machine.write('/proc/loadavg', 'much 1.50 2.5 2/345 6789\n');
  expect(await watched.round()).toEqual({ node_load5: 1.5, node_load15: 2.5 });
});
