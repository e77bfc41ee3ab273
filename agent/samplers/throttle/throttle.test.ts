import { expect, test } from 'vitest';
import { madeMachine, watch } from '../../../test/machines/made-machine.ts';
import { topology } from '../../../test/machines/power-machines.ts';
import { Unavailable } from '../../contract/errors.ts';
import { openHost } from '../../host.ts';
import throttle from './index.ts';

// Two packages of two cores, with two threads for the first core; CPU 4 is offline, which leaves it without topology.
const twoPackages = topology([
  [0, 0, 0, [11, 5]],
  [1, 0, 1, [12, 5]],
  [2, 1, 0, [0, 7]],
  [3, 1, 1, [3, 7]],
  [10, 0, 0, [99, 6]],
]);

test('packages are counted once each; cores where asked for, by their first thread', async () => {
  const machine = madeMachine(twoPackages);
  const { root } = machine;
  machine.write('/sys/devices/system/cpu/cpu4/thermal_throttle/core_throttle_count', '1\n');
  const packages = { 'node_cpu_package_throttles_total{package="0"}': 5, 'node_cpu_package_throttles_total{package="1"}': 7 };
  expect(await (await watch(throttle, root)).round()).toEqual(packages);
  expect(await (await watch(throttle, root, { config: { per_core: true } })).round()).toEqual({
    ...packages,
    'node_cpu_core_throttles_total{package="0",core="0"}': 11,
    'node_cpu_core_throttles_total{package="0",core="1"}': 12,
    'node_cpu_core_throttles_total{package="1",core="0"}': 0,
    'node_cpu_core_throttles_total{package="1",core="1"}': 3,
  });
  expect(throttle.examine?.(openHost(root), { per_core: false })).toEqual([
    { source: 'thermal throttling', found: true, why: 'of 2 packages' },
  ]);
});

test('a file that goes blank is a gap', async () => {
  const machine = madeMachine(twoPackages);
  const { root } = machine;
  const watched = await watch(throttle, root);
  machine.write('/sys/devices/system/cpu/cpu2/thermal_throttle/package_throttle_count', '');
  expect(await watched.round()).toEqual({ 'node_cpu_package_throttles_total{package="0"}': 5 });
});

test('CPUs that do not count are said to be so', async () => {
  await expect(watch(throttle, madeMachine(topology([[0, 0, 0]])).root)).rejects.toThrow(Unavailable);
});

const data = process.env['VIGIE_TEST_DATA'];
if (data === undefined) console.warn('skipped: recorded CPUs, because VIGIE_TEST_DATA does not say where they are');

test.skipIf(data === undefined)('what the procfs library has recorded is read', async () => {
  expect(await (await watch(throttle, `${data}/machines/procfs`, { config: { per_core: true } })).round()).toEqual({
    'node_cpu_package_throttles_total{package="0"}': 34_818,
    'node_cpu_core_throttles_total{package="0",core="0"}': 10_084,
    'node_cpu_core_throttles_total{package="0",core="1"}': 523,
  });
});
