import { expect, onTestFinished, test } from 'vitest';
import { Unavailable } from '../../../contract/errors.ts';
import { metrics } from '../../../samplers/gpu/metrics.ts';
import { gpuMetrics, i915Card, kfd, mi250x, mi300x } from '../../../../test/machines/drm-machines.ts';
import { gpuContext } from '../../../../test/machines/gpu-context.ts';
import { madeMachine } from '../../../../test/machines/made-machine.ts';
import type { GpuSource } from '../source.ts';
import { energyOf } from './energy.ts';
import { openAmd } from './index.ts';

function open(root: string): GpuSource {
  const source = openAmd(gpuContext(root));
  onTestFinished(() => source.close());
  return source;
}

test('everything that a card of old shows is read, in our units', async () => {
  const { devices, source } = await open(madeMachine(mi250x()).root).read(0);
  expect(source).toBe('amdgpu');
  expect(devices).toEqual([
    {
      gpu: '0',
      uuid: 'GPU-d2c86e4a5f000001',
      vendor: 'amd',
      minor: 128,
      info: { name: '1002:7408', driver: '', pci_bus_id: '0000:c0:00.0', serial: '692145000123' },
      values: {
        gpu_utilization_ratio: 0.97,
        gpu_memory_utilization_ratio: 0.41,
        gpu_memory_total_bytes: 68702699520,
        gpu_memory_used_bytes: 11534336,
        gpu_pcie_replays_total: 3,
        gpu_pcie_link_generation: 4,
        gpu_pcie_link_generation_max: 4,
        gpu_pcie_link_width: 16,
        gpu_pcie_link_width_max: 16,
        gpu_temperature_celsius: 48,
        gpu_temperature_slowdown_celsius: 100,
        gpu_temperature_shutdown_celsius: 105,
        gpu_hotspot_temperature_celsius: 61,
        gpu_memory_temperature_celsius: 52,
        gpu_memory_temperature_max_operating_celsius: 95,
        gpu_temperature_margin_celsius: 49,
        gpu_power_watts: 412,
        gpu_power_limit_watts: 560,
        gpu_power_limit_default_watts: 560,
        gpu_power_limit_min_watts: 0,
        gpu_power_limit_max_watts: 560,
        gpu_graphics_clock_hertz: 1695e6,
        gpu_graphics_clock_max_hertz: 1700e6,
        gpu_memory_clock_hertz: 1600e6,
        gpu_memory_clock_max_hertz: 1600e6,
        gpu_energy_joules_total: 2 ** 24,
      },
      labelled: [
        { metric: 'gpu_ecc_errors_total', labels: { type: 'uncorrected', lifetime: 'volatile' }, value: 1 },
        { metric: 'gpu_ecc_errors_total', labels: { type: 'corrected', lifetime: 'volatile' }, value: 7 },
      ],
    },
  ]);
});

test('where a card has no edge sensor and no average, its hottest spot and its power of the instant stand for them', async () => {
  const { devices } = await open(madeMachine(mi300x()).root).read(0);
  expect(devices[0]).toMatchObject({
    uuid: 'pci-0000:00:00.0',
    info: { name: 'AMD Instinct MI300X OAM' },
    values: {
      gpu_utilization_ratio: 0,
      gpu_temperature_celsius: 36,
      gpu_hotspot_temperature_celsius: 36,
      gpu_temperature_margin_celsius: 64,
      gpu_power_watts: 138,
      gpu_power_instant_watts: 138,
      gpu_power_limit_watts: 750,
      gpu_energy_joules_total: 16,
    },
  });
  expect(devices[0]?.values).not.toHaveProperty('gpu_memory_total_bytes');
});

test('cards are counted by their place on the bus, also the tenth, and connectors and other makers are none', async () => {
  const tree = { ...mi250x(10), ...mi250x(2), ...i915Card(3), '/sys/class/drm/card2-DP-1/status': 'connected\n' };
  const { devices } = await open(madeMachine(tree).root).read(0);
  expect(devices.map(({ gpu, info, minor }) => [gpu, info.pci_bus_id, minor])).toEqual([
    ['0', '0000:c10:00.0', 138],
    ['1', '0000:c2:00.0', 130],
  ]);
});

test('a card that sleeps is named and not read, and is read again when it wakes', async () => {
  const machine = madeMachine(mi250x());
  const source = open(machine.root);
  machine.write('/sys/class/drm/card0/device/power/runtime_status', 'suspended\n');
  const { devices: asleep } = await source.read(0);
  expect(asleep).toMatchObject([{ uuid: 'GPU-d2c86e4a5f000001', values: {} }]);
  expect(asleep[0]?.values).toEqual({});
  machine.write('/sys/class/drm/card0/device/power/runtime_status', 'active\n');
  expect((await source.read(1000)).devices[0]?.values).toHaveProperty('gpu_power_watts');
});

test('processes with memory on a card come every five seconds, errors every minute', async () => {
  const source = open(madeMachine({ ...mi250x(), ...kfd(128) }).root);
  const [first, second, third] = [await source.read(0), await source.read(1000), await source.read(5000)];
  expect(first.devices[0]?.processes).toEqual([{ pid: 4711, memory: 10485760 }]);
  expect(second.devices[0]).not.toHaveProperty('processes');
  expect(third.devices[0]?.processes).toHaveLength(1);
  expect(third.devices[0]?.labelled).toEqual([]);
});

test('a file that is empty, odd or gone is a gap for its value only', async () => {
  const machine = madeMachine(mi250x());
  const source = open(machine.root);
  machine.write('/sys/class/drm/card0/device/gpu_busy_percent', '65535\n');
  machine.write('/sys/class/drm/card0/device/hwmon/hwmon3/power1_average', '\n');
  machine.write('/sys/class/drm/card0/device/gpu_metrics', Buffer.from([1, 2]));
  const { devices } = await source.read(0);
  for (const gap of ['gpu_utilization_ratio', 'gpu_power_watts', 'gpu_energy_joules_total'])
    expect(devices[0]?.values).not.toHaveProperty(gap);
  expect(devices[0]?.values).toMatchObject({ gpu_temperature_celsius: 48 });
});

test('a card that comes or goes is seen within a minute', async () => {
  const machine = madeMachine(mi250x());
  const source = open(machine.root);
  await source.read(Date.now());
  for (const [path, text] of Object.entries(mi250x(1))) machine.write(path, text);
  expect((await source.read(Date.now())).devices).toHaveLength(1);
  expect((await source.read(Date.now() + 60_000)).devices).toHaveLength(2);
  machine.remove('/sys/class/drm/card0');
  expect((await source.read(Date.now() + 120_000)).devices).toMatchObject([{ gpu: '0', uuid: 'GPU-d2c86e4a5f000011' }]);
});

test('a fan is a share of its full speed, and names come from the lists that the node has', async () => {
  const { root } = madeMachine({
    ...mi250x(),
    '/sys/class/drm/card0/device/hwmon/hwmon3/pwm1': '51\n',
    '/sys/class/drm/card0/device/hwmon/hwmon3/pwm1_max': '255\n',
    '/usr/share/libdrm/amdgpu.ids': '1.0.0\n7408,\t00,\tAMD Instinct MI250X\n7408,\t01,\tAMD Instinct MI250\n',
    '/sys/module/amdgpu/version': '6.8.5\n',
  });
  expect((await open(root).read(0)).devices[0]).toMatchObject({
    info: { name: 'AMD Instinct MI250', driver: '6.8.5' },
    values: { gpu_fan_ratio: 0.2 },
  });
});

test.each([
  ['format 1.5', gpuMetrics(5, 88, 65536n), 1],
  ['a format of an APU', Buffer.from([120, 0, 2, 3, ...Array.from({ length: 116 }, () => 1)]), Number.NaN],
  ['a counter that the card does not have', gpuMetrics(3, 24, 2n ** 64n - 1n), Number.NaN],
  ['a counter that stands at 0', gpuMetrics(3, 24, 0n), Number.NaN],
  ['a table cut off', gpuMetrics(3, 24, 5n).subarray(0, 30), Number.NaN],
])('energy is read from %s', (_, table, joules) => {
  expect(energyOf(table)).toBe(joules);
});

test('a node without a card of AMD has nothing to read', () => {
  expect(() => open(madeMachine(i915Card()).root)).toThrow(Unavailable);
});

test('every value has a metric', async () => {
  const { devices } = await open(madeMachine({ ...mi250x(1), ...mi300x(2) }).root).read(0);
  expect(devices.flatMap(({ values }) => Object.keys(values)).filter((name) => !Object.hasOwn(metrics, name))).toEqual([]);
});

const data = process.env['VIGIE_TEST_DATA'];
if (data === undefined) console.warn('skipped: a recorded card of AMD, because VIGIE_TEST_DATA does not say where it is');

test.skipIf(data === undefined)('a recorded card is read', async () => {
  const { devices } = await open(`${data}/machines/procfs`).read(0);
  expect(devices).toMatchObject([
    {
      uuid: 'GPU-0123456789abcdef',
      info: { pci_bus_id: '0000:09:00.0' },
      values: {
        gpu_utilization_ratio: 0.04,
        gpu_memory_used_bytes: 1490378752,
        gpu_memory_total_bytes: 8573157376,
        gpu_graphics_clock_hertz: 852e6,
        gpu_graphics_clock_max_hertz: 1630e6,
        gpu_pcie_link_generation: 3,
        gpu_pcie_link_width: 16,
      },
    },
  ]);
});
