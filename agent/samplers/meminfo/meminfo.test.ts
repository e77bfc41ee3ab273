import { expect, test } from 'vitest';
import { madeMachine, watch } from '../../../test/machines/made-machine.ts';
import meminfo from './index.ts';

test("kilobytes become bytes, counts stay counts, and names are node_exporter's", async () => {
  const { root } = madeMachine({ '/proc/meminfo': 'MemTotal:  24684096 kB\nActive(anon):  5 kB\nHugePages_Total:   7\n' });
  expect(await (await watch(meminfo, root)).round()).toEqual({
    node_memory_MemTotal_bytes: 24684096 * 1024,
    node_memory_Active_anon_bytes: 5120,
    node_memory_HugePages_Total: 7,
  });
});

test('a field that no kernel we know has is declared when it is seen', async () => {
  const { root } = madeMachine({ '/proc/meminfo': 'FutureField:  3 kB\n' });
  expect(await (await watch(meminfo, root)).round()).toEqual({ node_memory_FutureField_bytes: 3072 });
});

test('fields that come and go change nothing of the others', async () => {
  const machine = madeMachine({ '/proc/meminfo': 'MemTotal: 1 kB\nMemFree: 2 kB\n' });
  const watched = await watch(meminfo, machine.root);
  await watched.round();
  machine.write('/proc/meminfo', 'MemTotal: 1 kB\nZswap: 9 kB\nMemFree: 3 kB\n');
  expect(await watched.round()).toEqual({
    node_memory_MemTotal_bytes: 1024,
    node_memory_Zswap_bytes: 9216,
    node_memory_MemFree_bytes: 3072,
  });
  machine.write('/proc/meminfo', 'MemFree: oops kB\nMemTotal: 1 kB\n');
  expect(await watched.round()).toEqual({ node_memory_MemTotal_bytes: 1024 });
});
