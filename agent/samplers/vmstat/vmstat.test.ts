import { expect, test } from 'vitest';
import { madeMachine, watch } from '../../../test/machines/made-machine.ts';
import vmstat from './index.ts';

test("the fields of node_exporter's default are taken, whatever stands around them", async () => {
  const { root } = madeMachine({
    '/proc/vmstat': 'nr_free_pages 1\npgpgin 2\npswpout 3\npgmajfault 4\npgdemote_fault 5\noom_kill 6\nthp_fault_alloc 7\n',
  });
  expect(await (await watch(vmstat, root)).round()).toEqual({
    node_vmstat_pgpgin: 2,
    node_vmstat_pswpout: 3,
    node_vmstat_pgmajfault: 4,
    node_vmstat_pgdemote_fault: 5,
    node_vmstat_oom_kill: 6,
  });
});
