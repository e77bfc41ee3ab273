import { expect, test } from 'vitest';
import { madeMachine, watch } from '../../../test/machines/made-machine.ts';
import { Unavailable } from '../../contract/errors.ts';
import hwmon from './index.ts';
import { sensorMetric } from './metrics.ts';

const chip = (at: number, name: string, files: Readonly<Record<string, string>>) =>
  Object.fromEntries(Object.entries({ name, ...files }).map(([file, text]) => [`/sys/class/hwmon/hwmon${at}/${file}`, `${text}\n`]));

test('chips that are slow to read are left out unless all are asked for', async () => {
  const { root } = madeMachine({ ...chip(0, 'coretemp', { temp1_input: '40000' }), ...chip(1, 'nvme', { temp1_input: '50000' }) });
  expect(await (await watch(hwmon, root)).round()).toEqual({
    'node_hwmon_temp_celsius{chip="coretemp",sensor="temp1"}': 40,
    'node_hwmon_chip_names{chip="coretemp",chip_name="coretemp"}': 1,
  });
  const all = await (await watch(hwmon, root, { config: { all: true } })).round();
  expect(all).toMatchObject({ 'node_hwmon_temp_celsius{chip="nvme",sensor="temp1"}': 50 });
});

test('a node with slow chips only is told so', async () => {
  const { root } = madeMachine(chip(0, 'drivetemp', { temp1_input: '30000' }));
  await expect(watch(hwmon, root)).rejects.toThrow(Unavailable);
});

test('limits are read once a minute, what moves every round', async () => {
  let now = 0;
  const machine = madeMachine(chip(0, 'k10temp', { temp1_input: '40000', temp1_crit: '90000' }));
  const watched = await watch(hwmon, machine.root, { now: () => now });
  await watched.round();
  machine.write('/sys/class/hwmon/hwmon0/temp1_input', '41000\n');
  machine.write('/sys/class/hwmon/hwmon0/temp1_crit', '95000\n');
  const crit = 'node_hwmon_temp_crit_celsius{chip="k10temp",sensor="temp1"}';
  expect(await watched.round()).toMatchObject({ 'node_hwmon_temp_celsius{chip="k10temp",sensor="temp1"}': 41, [crit]: 90 });
  now = 60_000;
  expect(await watched.round()).toMatchObject({ [crit]: 95 });
});

test('a chip that goes ends its series, one that comes is found within a minute', async () => {
  let now = 0;
  const machine = madeMachine({ ...chip(0, 'amdgpu', { temp1_input: '40000' }), ...chip(1, 'coretemp', { temp1_input: '1000' }) });
  const watched = await watch(hwmon, machine.root, { now: () => now });
  await watched.round();
  machine.remove('/sys/class/hwmon/hwmon0');
  for (const [path, text] of Object.entries(chip(2, 'jc42', { temp1_input: '2000' }))) machine.write(path, text);
  now = 60_000;
  const keys = Object.keys(await watched.round());
  expect(keys.filter((key) => key.includes('amdgpu'))).toEqual([]);
  expect(keys.filter((key) => key.includes('jc42'))).toHaveLength(2);
});

test.each([
  ['temp', 'crit_alarm', 'node_hwmon_temp_crit_alarm_celsius', 1000],
  ['temp', 'type', 'node_hwmon_temp_type', 1],
  ['power', 'average', 'node_hwmon_power_average_watt', 1e6],
  ['power', 'average_interval', 'node_hwmon_power_average_interval_seconds', 1000],
  ['power', 'accuracy', 'node_hwmon_power_accuracy', 1e6],
  ['energy', 'input', 'node_hwmon_energy_joule_total', 1e6],
  ['fan', 'div', 'node_hwmon_fan_div', 1],
  ['in', 'beep', 'node_hwmon_in_beep_enabled', 1],
  ['humidity', 'input', 'node_hwmon_humidity', 1e6],
  ['pwm', '', 'node_hwmon_pwm', 1],
  ['vrm', '', 'node_hwmon_voltage_regulator_version', 1],
])('the file of %s with element %j is %s', (type, element, name, per) => {
  const { metric, per: divided } = sensorMetric(type, element, false);
  expect([metric.name, divided]).toEqual([name, per]);
});
