import { expect, test, vi } from 'vitest';
import { madeMachine, watch } from '../../../test/machines/made-machine.ts';
import { amd, INTEL_RANGE_UJ, intelTwoPackages, zone } from '../../../test/machines/power-machines.ts';
import { Transient } from '../../contract/errors.ts';
import { openHost } from '../../host.ts';
import { findZones, componentOf } from './zones.ts';
import rapl from './index.ts';

const PACKAGE = 'node_rapl_package_joules_total{index="0",path="/sys/class/powercap/intel-rapl:0"}';
const ENERGY = '/sys/class/powercap/intel-rapl:0/energy_uj';
const RANGE = INTEL_RANGE_UJ / 1e6;

// One package of 100 W: its register wraps in 2621 s at that.
const package100 = zone('intel-rapl:0', 'package-0', 1_000e6, { constraint_0_max_power_uw: '100000000' });

async function counting(start: number) {
  let now = 0;
  const machine = madeMachine({ ...package100, [ENERGY]: `${start * 1e6}\n` });
  const watched = await watch(rapl, machine.root, { now: () => now });
  await watched.round();
  return {
    machine,
    watched,
    async after(this: void, seconds: number, joules: number): Promise<number | undefined> {
      now += seconds * 1000;
      machine.write(ENERGY, `${Math.round(joules * 1e6)}\n`);
      return (await watched.round())[PACKAGE];
    },
  };
}

test('zones have the names and labels of node_exporter; those without number are counted', async () => {
  const { root } = madeMachine(intelTwoPackages);
  expect(await (await watch(rapl, root)).round()).toEqual({
    [PACKAGE]: 1000,
    'node_rapl_dram_joules_total{index="0",path="/sys/class/powercap/intel-rapl:0:0"}': 100,
    'node_rapl_package_joules_total{index="1",path="/sys/class/powercap/intel-rapl:1"}': 2000,
    'node_rapl_dram_joules_total{index="1",path="/sys/class/powercap/intel-rapl:1:0"}': 200,
    'node_rapl_psys_joules_total{index="0",path="/sys/class/powercap/intel-rapl:2"}': 9000,
  });
});

test('AMD has packages and cores; a zone of several dies keeps its name', async () => {
  const { root } = madeMachine({ ...amd, ...zone('intel-rapl:1', 'package-1-die-0', 7e6) });
  expect(await (await watch(rapl, root)).round()).toEqual({
    [PACKAGE]: 65_000,
    'node_rapl_core_joules_total{index="0",path="/sys/class/powercap/intel-rapl:0:0"}': 10_000,
    'node_rapl_package_1_die_0_joules_total{index="0",path="/sys/class/powercap/intel-rapl:1"}': 7,
  });
});

test('the counter goes on where the register wraps', async () => {
  const { after } = await counting(RANGE - 300);
  expect(await after(10, 200)).toBeCloseTo(RANGE + 200, 6);
  expect(await after(10, 900)).toBeCloseTo(RANGE + 900, 6);
});

test.each([
  ['that was not looked at for longer than half a wrap', 1400, 200],
  ['that was reset, since a wrap would have taken more watts than there are', 10, 200],
])('a register %s adds nothing, and goes on from there', async (_, seconds, joules) => {
  const { after } = await counting(100_000);
  expect(await after(seconds, joules)).toBeCloseTo(100_000, 6);
  expect(await after(10, joules + 700)).toBeCloseTo(100_700, 6);
});

test('a register that cannot be read, or is none, is a gap; then the counter goes on', async () => {
  const { machine, watched, after } = await counting(1000);
  machine.write(ENERGY, 'not a number\n');
  await expect(watched.round()).rejects.toThrow(Transient);
  expect(await after(10, 1500)).toBe(1500);
});

test('with a period longer than a wrap, the register is read in between', async () => {
  vi.useFakeTimers();
  try {
    const machine = madeMachine({ ...package100, [ENERGY]: `${(RANGE - 300) * 1e6}\n` });
    const watched = await watch(rapl, machine.root, { now: () => Date.now(), period: 3_600_000 });
    await watched.round();
    machine.write(ENERGY, '200000000\n');
    await vi.advanceTimersByTimeAsync(60_000);
    machine.write(ENERGY, '90000000000\n');
    await vi.advanceTimersByTimeAsync(3_540_000);
    expect((await watched.round())[PACKAGE]).toBeCloseTo(RANGE + 90_000, 6);
  } finally {
    vi.useRealTimers();
  }
});

test('counters that are only root’s are told apart from a CPU without RAPL, each with its fix', async () => {
  const machine = madeMachine(package100);
  const { root } = machine;
  machine.remove(ENERGY);
  await expect(watch(rapl, root)).rejects.toThrow(/CAP_DAC_READ_SEARCH/);
  expect(await rapl.examine?.(openHost(root), {})).toEqual([
    { source: 'RAPL package-0 (intel-rapl:0)', found: false, why: expect.any(String), fix: expect.stringContaining('udev') },
  ]);
  machine.remove('/sys/class/powercap');
  await expect(watch(rapl, root)).rejects.toThrow(/modprobe/);
  expect(await rapl.examine?.(openHost(root), {})).toMatchObject([{ found: false, fix: expect.stringContaining('modprobe') }]);
});

test('packages and their memory are parts of the node, cores and platform and a second bus are not', () => {
  const mmio = zone('intel-rapl-mmio:0', 'package-0', 1);
  const host = openHost(madeMachine({ ...intelTwoPackages, ...zone('intel-rapl:0:1', 'core', 1), ...mmio }).root);
  const zones = findZones(host);
  expect(zones.flatMap((each) => componentOf(each, zones) ?? [])).toEqual(['package0', 'dram0', 'package1', 'dram1']);
  const only = openHost(madeMachine(mmio).root);
  expect(findZones(only).map((each) => componentOf(each, findZones(only)))).toEqual(['package0']);
});

const data = process.env['VIGIE_TEST_DATA'];
if (data === undefined) console.warn('skipped: recorded RAPL zones, because VIGIE_TEST_DATA does not say where they are');

test.skipIf(data === undefined)('what the procfs library has recorded is read', async () => {
  expect(await (await watch(rapl, `${data}/machines/procfs`)).round()).toEqual({
    [PACKAGE]: 240_422.366267,
    'node_rapl_core_joules_total{index="0",path="/sys/class/powercap/intel-rapl:0:0"}': 118_821.284256,
    'node_rapl_package_joules_total{index="10",path="/sys/class/powercap/intel-rapl:a"}': 240_422.366267,
  });
});
