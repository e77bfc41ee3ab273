import { expect, test } from 'vitest';
import { madeMachine, watch } from '../../../test/machines/made-machine.ts';
import thermal from './index.ts';

const zone = '/sys/class/thermal/thermal_zone0';

test('zones are in degrees, cooling devices in states, and a zone that sleeps is a gap', async () => {
  const machine = madeMachine({
    [`${zone}/type`]: 'acpitz\n',
    [`${zone}/temp`]: '-5500\n',
    '/sys/class/thermal/cooling_device3/type': 'Fan\n',
    '/sys/class/thermal/cooling_device3/cur_state': '2\n',
    '/sys/class/thermal/cooling_device3/max_state': '10\n',
  });
  const watched = await watch(thermal, machine.root);
  expect(await watched.round()).toEqual({
    'node_thermal_zone_temp{zone="0",type="acpitz"}': -5.5,
    'node_cooling_device_cur_state{name="3",type="Fan"}': 2,
    'node_cooling_device_max_state{name="3",type="Fan"}': 10,
  });
  machine.write(`${zone}/temp`, '');
  expect(Object.keys(await watched.round())).toHaveLength(2);
});

test('a zone that comes is found', async () => {
  const machine = madeMachine({ [`${zone}/temp`]: '1000\n' });
  const watched = await watch(thermal, machine.root);
  await watched.round();
  machine.write('/sys/class/thermal/thermal_zone1/temp', '2000\n');
  expect(Object.values(await watched.round())).toEqual([1, 2]);
});
