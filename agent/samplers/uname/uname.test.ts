import { expect, test } from 'vitest';
import { madeMachine, watch } from '../../../test/machines/made-machine.ts';
import uname from './index.ts';

test('a host that is renamed while it runs shows its new name only', async () => {
  const machine = madeMachine({
    '/proc/sys/kernel/ostype': 'Linux\n',
    '/proc/sys/kernel/hostname': 'localhost\n',
    '/proc/sys/kernel/arch': 'x86_64\n',
  });
  const watched = await watch(uname, machine.root);
  expect(Object.keys(await watched.round())).toEqual([expect.stringContaining('nodename="localhost"')]);
  machine.write('/proc/sys/kernel/hostname', 'dahu33\n');
  const [name = ''] = Object.keys(await watched.round());
  expect(name).toContain('nodename="dahu33"');
  expect(name).toContain('machine="x86_64"');
});
