import { expect, test } from 'vitest';
import { madeMachine, watch } from '../../../test/machines/made-machine.ts';
import { amd, intelTwoPackages, pmCounters, zone } from '../../../test/machines/power-machines.ts';
import { Unavailable } from '../../contract/errors.ts';
import { openGpuBoard } from '../../gpu-board.ts';
import type { BoardGpu } from '../../gpu-board.ts';
import { openHost } from '../../host.ts';
import power from './index.ts';

const ENERGY = (folder: string): string => `/sys/class/powercap/${folder}/energy_uj`;

// A machine whose RAPL counters go on by so many joules, ten seconds later each time.
function rapl(files: Readonly<Record<string, string>>) {
  const machine = madeMachine(files);
  const joules = new Map<string, number>();
  let now = 1_000_000;
  return {
    machine,
    now: () => now,
    later(this: void, gained: Readonly<Record<string, number>>, seconds = 10) {
      now += seconds * 1000;
      for (const [folder, more] of Object.entries(gained)) {
        const before = joules.get(folder) ?? Number(files[ENERGY(folder)]) / 1e6;
        joules.set(folder, before + more);
        machine.write(ENERGY(folder), `${(before + more) * 1e6}\n`);
      }
    },
  };
}

const PARTS = { 'intel-rapl:0': 1000, 'intel-rapl:0:0': 100, 'intel-rapl:1': 900, 'intel-rapl:1:0': 80 };

test('the platform is taken where the CPU counts it, its packages and memory are shown as parts', async () => {
  const { machine, now, later } = rapl(intelTwoPackages);
  const watched = await watch(power, machine.root, { now });
  await watched.round();
  later({ ...PARTS, 'intel-rapl:2': 4000 });
  expect(await watched.round()).toEqual({
    'power_node_watts{source="psys"}': 400,
    'power_node_joules_total{source="psys"}': 13_000,
    'power_component_watts{component="package0"}': 100,
    'power_component_joules_total{component="package0"}': 2000,
    'power_component_watts{component="dram0"}': 10,
    'power_component_joules_total{component="dram0"}': 200,
    'power_component_watts{component="package1"}': 90,
    'power_component_joules_total{component="package1"}': 2900,
    'power_component_watts{component="dram1"}': 8,
    'power_component_joules_total{component="dram1"}': 280,
  });
});

test('a platform that counts less than its packages is none: after a minute the node is estimated, and no psys is shown', async () => {
  const { machine, now, later } = rapl(intelTwoPackages);
  const watched = await watch(power, machine.root, { now });
  for (let round = 0; round < 8; round++) {
    later({ ...PARTS, 'intel-rapl:2': 0 });
    expect(await watched.round()).not.toHaveProperty(['power_node_watts{source="psys"}']);
  }
  later({ ...PARTS, 'intel-rapl:2': 0 });
  const values = await watched.round();
  expect(values['power_node_watts{source="estimate"}']).toBeCloseTo(208);
  expect(Object.keys(values).filter((key) => key.includes('psys'))).toEqual([]);
});

const gpu = (uuid: string, watts: number, joules = Number.NaN, parent?: string): BoardGpu => ({
  gpu: uuid,
  uuid,
  parent,
  minor: undefined,
  watts,
  joules,
});

test('the estimate is packages and GPUs; a part of a GPU is not counted again, and energy is theirs where they count it', async () => {
  const { machine, now, later } = rapl(amd);
  const gpus = openGpuBoard();
  const watched = await watch(power, machine.root, { now, gpus });
  const board = (first: BoardGpu, second: BoardGpu): void =>
    gpus.publish('nvml', [first, second, gpu('mig', Number.NaN, Number.NaN, 'a')], [], now() + 15_000);
  board(gpu('a', 300, 5000), gpu('b', 100));
  expect(await watched.round()).not.toHaveProperty(['power_node_watts{source="estimate"}']);
  later({ 'intel-rapl:0': 1500 });
  board(gpu('a', 310, 8000), gpu('b', 120));
  expect(await watched.round()).toEqual({
    'power_node_watts{source="estimate"}': 580,
    // 1500 of the package, 3000 that GPU a counted, 110 W for 10 s of GPU b.
    'power_node_joules_total{source="estimate"}': 5600,
    'power_component_watts{component="package0"}': 150,
    'power_component_joules_total{component="package0"}': 66_500,
  });
});

test('while GPUs that told their watts are silent, the node is not known; it is again when they tell', async () => {
  const { machine, now, later } = rapl(amd);
  const gpus = openGpuBoard();
  const watched = await watch(power, machine.root, { now, gpus });
  gpus.publish('nvml', [gpu('a', 300, 5000)], [], now());
  await watched.round();
  later({ 'intel-rapl:0': 1000 });
  expect(Object.keys(await watched.round()).filter((key) => key.includes('node'))).toEqual([]);
  later({ 'intel-rapl:0': 1000 });
  gpus.publish('nvml', [gpu('a', 200, 9000)], [], now());
  expect(await watched.round()).toMatchObject({
    'power_node_watts{source="estimate"}': 300,
    'power_node_joules_total{source="estimate"}': 6000,
  });
});

test('a GPU that has not told for ten minutes has gone, and the node is estimated without it', async () => {
  const { machine, now, later } = rapl(amd);
  const gpus = openGpuBoard();
  const watched = await watch(power, machine.root, { now, gpus });
  gpus.publish('nvml', [gpu('a', 300)], [], now());
  await watched.round();
  for (let minute = 0; minute < 11; minute++) {
    later({ 'intel-rapl:0': 0.006 }, 60);
    expect(await watched.round()).not.toHaveProperty(['power_node_watts{source="estimate"}']);
  }
  later({ 'intel-rapl:0': 10 });
  expect(Object.entries(await watched.round())).toContainEqual(['power_node_watts{source="estimate"}', expect.closeTo(1)]);
});

test('a node with a driver waits a minute for its GPUs before it is estimated without', async () => {
  const { machine, now, later } = rapl({ ...amd, '/proc/driver/nvidia/gpus/0000:3b:00.0/information': 'Model: x\n' });
  const watched = await watch(power, machine.root, { now });
  await watched.round();
  later({ 'intel-rapl:0': 1000 });
  expect(await watched.round()).not.toHaveProperty(['power_node_watts{source="estimate"}']);
  later({ 'intel-rapl:0': 5000 }, 50);
  expect(await watched.round()).toMatchObject({ 'power_node_watts{source="estimate"}': 100 });
});

test('a counter that was reset is a gap in watts and adds no energy', async () => {
  const { machine, now, later } = rapl(amd);
  const watched = await watch(power, machine.root, { now });
  await watched.round();
  later({ 'intel-rapl:0': -30_000 });
  const values = await watched.round();
  expect(values).toEqual({ 'power_component_joules_total{component="package0"}': 65_000 });
});

test('RAPL that goes leaves the node unknown, and after a minute the sampler is parked', async () => {
  const { machine, now, later } = rapl(amd);
  const watched = await watch(power, machine.root, { now });
  await watched.round();
  // An open file of a folder that was removed can still be read here; in /sys it answers an error.
  machine.write(ENERGY('intel-rapl:0'), '');
  machine.remove('/sys/class/powercap');
  later({});
  expect(await watched.round()).toEqual({});
  later({}, 61);
  await expect(watched.round()).rejects.toThrow(/modprobe intel_rapl_msr/);
});

test('Cray tells node and parts with its own counters, accelerators included; RAPL is not added', async () => {
  const { root } = madeMachine({ ...pmCounters(1e12), ...amd });
  expect(await (await watch(power, root)).round()).toEqual({
    'power_node_watts{source="pm_counters"}': 900,
    'power_node_joules_total{source="pm_counters"}': 5_000_000,
    'power_component_watts{component="cpu"}': 150,
    'power_component_joules_total{component="cpu"}': 800_000,
    'power_component_watts{component="memory"}': 60,
    'power_component_joules_total{component="memory"}': 300_000,
    'power_component_watts{component="accel0"}': 300,
    'power_component_joules_total{component="accel0"}': 1_500_000,
    'power_component_watts{component="accel1"}': 310,
    'power_component_joules_total{component="accel1"}': 1_600_000,
  });
});

test('pm_counters that stand still repeat nothing; after a minute the node is estimated, with none of their series left', async () => {
  const { machine, now, later } = rapl({ ...pmCounters(1e12), ...amd });
  const watched = await watch(power, machine.root, { now });
  await watched.round();
  later({ 'intel-rapl:0': 1000 });
  expect(await watched.round()).toEqual({});
  for (const [path, text] of Object.entries(pmCounters(2e12, 950))) machine.write(path, text);
  expect(await watched.round()).toMatchObject({ 'power_node_watts{source="pm_counters"}': 950 });
  machine.write('/sys/cray/pm_counters/power', 'not available\n');
  for (let round = 0; round < 8; round++) {
    later({ 'intel-rapl:0': 1000 });
    await watched.round();
  }
  machine.remove('/sys/cray/pm_counters');
  later({ 'intel-rapl:0': 1000 });
  expect(await watched.round()).toEqual({
    'power_node_watts{source="estimate"}': 100,
    'power_node_joules_total{source="estimate"}': expect.any(Number),
    'power_component_watts{component="package0"}': 100,
    'power_component_joules_total{component="package0"}': expect.any(Number),
  });
});

test('an accelerator that is not there has no watts, and a sum no place beside its parts', async () => {
  const counters = { '/sys/cray/pm_counters/accel_power': '610 W 5 us\n', '/sys/cray/pm_counters/accel1_power': '0 W 5 us\n' };
  const { root } = madeMachine({ ...pmCounters(5), ...counters, '/sys/cray/pm_counters/accel1_energy': '0 J 5 us\n' });
  const parts = Object.keys(await (await watch(power, root)).round()).filter((key) => key.includes('accel'));
  expect(parts).toEqual(['power_component_watts{component="accel0"}', 'power_component_joules_total{component="accel0"}']);
});

test('a period below ten seconds for the BMC is a fault', async () => {
  await expect(watch(power, madeMachine(amd).root, { config: { ipmi_period: '5s' } })).rejects.toThrow(/give 10s or more/);
});

test('a node that nothing measures is told what would', async () => {
  const { root } = madeMachine({ ...zone('intel-rapl:0', 'package-0', 1), [ENERGY('intel-rapl:0')]: '' });
  await expect(watch(power, madeMachine({}).root)).rejects.toThrow(Unavailable);
  const host = openHost(root);
  expect(await power.examine?.(host, { ipmi: false, ipmi_period: 30_000 })).toMatchObject([
    { source: 'Cray pm_counters', found: false },
    { source: 'IPMI DCMI', found: false, fix: 'modprobe -a ipmi_si ipmi_devintf' },
    { source: 'power meter', found: false, fix: 'modprobe acpi_power_meter' },
    { source: 'estimate of RAPL and GPUs', found: true },
  ]);
});
