import { expect, test } from 'vitest';
import { madeMachine, watch } from '../../../test/machines/made-machine.ts';
import { Unavailable } from '../../contract/errors.ts';
import { openHost } from '../../host.ts';
import cpufreq from './index.ts';

const policy = (at: number, governor: string, cpus: string) => ({
  [`/sys/devices/system/cpu/cpufreq/policy${at}/scaling_governor`]: `${governor}\n`,
  [`/sys/devices/system/cpu/cpufreq/policy${at}/affected_cpus`]: `${cpus}\n`,
});

test('CPUs are counted by governor, offline ones not; a governor nobody has any more ends', async () => {
  const machine = madeMachine({
    ...policy(0, 'performance', '0 1'),
    ...policy(2, 'powersave', '2'),
    ...policy(3, 'performance', '3'),
    ...policy(4, 'performance', ''),
  });
  const watched = await watch(cpufreq, machine.root);
  expect(await watched.round()).toEqual({
    'power_cpu_governor{governor="performance"}': 3,
    'power_cpu_governor{governor="powersave"}': 1,
  });
  machine.write('/sys/devices/system/cpu/cpufreq/policy2/scaling_governor', 'performance\n');
  expect(await watched.round()).toEqual({ 'power_cpu_governor{governor="performance"}': 4 });
  expect(cpufreq.examine?.(openHost(machine.root), {})).toMatchObject([{ found: true, why: 'performance on 4 CPUs' }]);
});

test('an old kernel has the governor at each CPU', async () => {
  const { root } = madeMachine({
    '/sys/devices/system/cpu/cpu0/cpufreq/scaling_governor': 'ondemand\n',
    '/sys/devices/system/cpu/cpu1/cpufreq/scaling_governor': 'ondemand\n',
  });
  expect(await (await watch(cpufreq, root)).round()).toEqual({ 'power_cpu_governor{governor="ondemand"}': 2 });
});

test('a virtual machine has none', async () => {
  await expect(watch(cpufreq, madeMachine({}).root)).rejects.toThrow(Unavailable);
});

const data = process.env['VIGIE_TEST_DATA'];
if (data === undefined) console.warn('skipped: recorded CPUs, because VIGIE_TEST_DATA does not say where they are');

test.skipIf(data === undefined)('what the procfs library has recorded is read', async () => {
  expect(await (await watch(cpufreq, `${data}/machines/procfs`)).round()).toEqual({ 'power_cpu_governor{governor="powersave"}': 1 });
});
