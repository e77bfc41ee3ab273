import { expect, test } from 'vitest';
import { madeMachine, watch } from '../../../test/machines/made-machine.ts';
import { Unavailable } from '../../contract/errors.ts';
import inventory from './index.ts';

test('the firmware of another root is told, what it does not say is left out, and no child is started', async () => {
  const { root } = madeMachine({ '/sys/class/dmi/id/product_name': 'PowerEdge R740\n', '/sys/class/dmi/id/sys_vendor': 'Dell Inc.\n' });
  const [name = ''] = Object.keys(await (await watch(inventory, root)).round());
  expect(name).toContain('product_name="PowerEdge R740"');
  expect(name).toContain('system_vendor="Dell Inc."');
  expect(name).toContain('board_serial=""');
});

test('a machine that tells nothing is no fault', async () => {
  const { root } = madeMachine({});
  await expect(watch(inventory, root)).rejects.toThrow(Unavailable);
});
