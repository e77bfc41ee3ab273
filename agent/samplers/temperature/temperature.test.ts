import { expect, test } from 'vitest';
import { madeMachine, watch } from '../../../test/machines/made-machine.ts';
import { hwmonChip, topology } from '../../../test/machines/power-machines.ts';
import { Unavailable } from '../../contract/errors.ts';
import { openHost } from '../../host.ts';
import temperature from './index.ts';

const coretemp = (at: number, socket: number, degrees: number) =>
  hwmonChip(at, 'coretemp', {
    temp1_label: `Package id ${socket}`,
    temp1_input: `${degrees}000`,
    temp1_max: '89000',
    temp1_crit: '99000',
    temp2_label: 'Core 0',
    temp2_input: '98000',
  });

const die = (at: number, files: Readonly<Record<string, string>>) => hwmonChip(at, 'k10temp', { temp1_label: 'Tctl', ...files });

const zone = (at: number, type: string, degrees: string) => ({
  [`/sys/class/thermal/thermal_zone${at}/type`]: `${type}\n`,
  [`/sys/class/thermal/thermal_zone${at}/temp`]: `${degrees}\n`,
});

test('each Intel package is shown with its limits, its cores not', async () => {
  const { root } = madeMachine({ ...coretemp(0, 0, 61), ...coretemp(1, 1, 64) });
  expect(await (await watch(temperature, root)).round()).toEqual({
    'temperature_cpu_celsius{package="0"}': 61,
    'temperature_cpu_max_celsius{package="0"}': 89,
    'temperature_cpu_critical_celsius{package="0"}': 99,
    'temperature_cpu_celsius{package="1"}': 64,
    'temperature_cpu_max_celsius{package="1"}': 89,
    'temperature_cpu_critical_celsius{package="1"}': 99,
  });
});

test('AMD: Tdie before Tctl, the hottest die of each package, and no limit that the chip does not tell', async () => {
  const { root } = madeMachine({
    ...topology([
      [0, 0, 0],
      [1, 1, 0],
    ]),
    ...die(0, { temp1_input: '77000', temp2_label: 'Tdie', temp2_input: '50000' }),
    ...die(1, { temp1_input: '52000' }),
    ...die(2, { temp1_input: '41000' }),
    ...die(3, { temp1_input: '40000' }),
  });
  expect(await (await watch(temperature, root)).round()).toEqual({
    'temperature_cpu_celsius{package="0"}': 52,
    'temperature_cpu_celsius{package="1"}': 41,
  });
});

test('boards and inlets are known by their labels; what is slow to read is left alone', async () => {
  const { root } = madeMachine({
    ...hwmonChip(0, 'nct6775', { temp1_label: 'SYSTIN', temp1_input: '33000', temp2_label: 'AUXTIN0', temp2_input: '127000' }),
    ...hwmonChip(1, 'w83795g', { temp1_label: 'Inlet Temp', temp1_input: '22500', temp1_crit: '47000' }),
    ...hwmonChip(2, 'nvme', { temp1_label: 'Ambient', temp1_input: '44000' }),
    '/sys/class/thermal/thermal_zone0/type': 'pch_lewisburg\n',
    '/sys/class/thermal/thermal_zone0/temp': '48000\n',
    '/sys/class/thermal/thermal_zone0/trip_point_0_type': 'passive\n',
    '/sys/class/thermal/thermal_zone0/trip_point_1_type': 'critical\n',
    '/sys/class/thermal/thermal_zone0/trip_point_1_temp': '115000\n',
    '/sys/class/thermal/thermal_zone1/type': 'acpitz\n',
    '/sys/class/thermal/thermal_zone1/temp': '16800\n',
  });
  expect(await (await watch(temperature, root)).round()).toEqual({
    'temperature_board_celsius{sensor="SYSTIN"}': 33,
    'temperature_inlet_celsius{sensor="Inlet Temp"}': 22.5,
    'temperature_inlet_critical_celsius{sensor="Inlet Temp"}': 47,
    'temperature_board_celsius{sensor="pch_lewisburg"}': 48,
    'temperature_board_critical_celsius{sensor="pch_lewisburg"}': 115,
  });
  expect(temperature.examine?.(openHost(root), {})).toMatchObject([
    { found: false, fix: 'modprobe -a coretemp k10temp' },
    { found: true, why: 'of SYSTIN, pch_lewisburg' },
    { found: true, why: 'of Inlet Temp' },
  ]);
});

test('thermal zones stand in where no chip measures the packages', async () => {
  const zones = { ...zone(2, 'x86_pkg_temp', '51000'), ...zone(10, 'x86_pkg_temp', '52000') };
  expect(await (await watch(temperature, madeMachine(zones).root)).round()).toEqual({
    'temperature_cpu_celsius{package="0"}': 51,
    'temperature_cpu_celsius{package="1"}': 52,
  });
  const both = madeMachine({ ...zones, ...coretemp(0, 0, 61) });
  expect(await (await watch(temperature, both.root)).round()).toMatchObject({ 'temperature_cpu_celsius{package="0"}': 61 });
});

test('a sensor that sleeps is a gap, a limit moves within a minute, a chip that goes ends its series', async () => {
  let now = 0;
  const machine = madeMachine({ ...coretemp(0, 0, 61), ...coretemp(1, 1, 64) });
  const watched = await watch(temperature, machine.root, { now: () => now });
  await watched.round();
  machine.write('/sys/class/hwmon/hwmon0/temp1_input', '');
  machine.write('/sys/class/hwmon/hwmon0/temp1_crit', '90000\n');
  expect(await watched.round()).not.toHaveProperty(['temperature_cpu_celsius{package="0"}']);
  machine.remove('/sys/class/hwmon/hwmon1');
  now = 60_000;
  expect(await watched.round()).toEqual({
    'temperature_cpu_max_celsius{package="0"}': 89,
    'temperature_cpu_critical_celsius{package="0"}': 90,
  });
});

test('a virtual machine has no sensor', async () => {
  await expect(watch(temperature, madeMachine({}).root)).rejects.toThrow(Unavailable);
});

const data = process.env['VIGIE_TEST_DATA'];
if (data === undefined) console.warn('skipped: recorded thermal zones, because VIGIE_TEST_DATA does not say where they are');

test.skipIf(data === undefined)('what the procfs library has recorded is read', async () => {
  expect(await (await watch(temperature, `${data}/machines/procfs`)).round()).toEqual({ 'temperature_cpu_celsius{package="0"}': 49.925 });
});
