import { expect, onTestFinished, test } from 'vitest';
import { Unavailable } from '../../../contract/errors.ts';
import { metrics } from '../../../samplers/gpu/metrics.ts';
import { i915Card, intelGraphics, mi250x, xeCard } from '../../../../test/machines/drm-machines.ts';
import { gpuContext } from '../../../../test/machines/gpu-context.ts';
import { madeMachine } from '../../../../test/machines/made-machine.ts';
import type { GpuSource } from '../source.ts';
import { openIntel } from './index.ts';

let seconds = 0;

function open(root: string): GpuSource {
  const source = openIntel(gpuContext(root), { seconds: () => seconds });
  onTestFinished(() => source.close());
  return source;
}

test('a card of xe has joules, and watts from the second reading on', async () => {
  const machine = madeMachine(xeCard());
  const source = open(machine.root);
  const [first] = (await source.read(0)).devices;
  expect(first).toMatchObject({
    gpu: '0',
    uuid: 'pci-0000:03:00.0',
    vendor: 'intel',
    minor: 128,
    info: { name: '8086:E20B', driver: 'xe' },
  });
  expect(first?.values).toEqual({
    gpu_energy_joules_total: 1000,
    gpu_power_limit_watts: 190,
    gpu_temperature_celsius: 51,
    gpu_temperature_slowdown_celsius: 105,
    gpu_temperature_shutdown_celsius: 125,
    gpu_temperature_margin_celsius: 54,
    gpu_memory_temperature_celsius: 58,
    gpu_graphics_clock_hertz: 2400e6,
    gpu_graphics_clock_max_hertz: 2850e6,
    gpu_pcie_link_generation: 1,
    gpu_pcie_link_width: 1,
  });
  expect(first?.labelled).toEqual([
    { metric: 'gpu_clock_event_active', labels: { reason: 'pl1' }, value: 1 },
    { metric: 'gpu_clock_event_active', labels: { reason: 'thermal' }, value: 0 },
  ]);
  machine.write('/sys/class/drm/card0/device/hwmon/hwmon5/energy1_input', '1300000000\n');
  seconds += 2;
  expect((await source.read(2000)).devices[0]?.values).toMatchObject({ gpu_power_watts: 150 });
});

test('a counter that began anew, or a clock that stands, makes no watts', async () => {
  const machine = madeMachine(xeCard());
  const source = open(machine.root);
  await source.read(0);
  expect((await source.read(0)).devices[0]?.values).not.toHaveProperty('gpu_power_watts');
  machine.write('/sys/class/drm/card0/device/hwmon/hwmon5/energy1_input', '5\n');
  seconds += 1;
  expect((await source.read(1000)).devices[0]?.values).not.toHaveProperty('gpu_power_watts');
});

test('a card of i915 counts itself, not one of its parts', async () => {
  const { root } = madeMachine({
    ...i915Card(),
    '/usr/share/misc/pci.ids': '1002  AMD\n\t56c0  Not this\n8086  Intel Corporation\n\t56c0  Data Center GPU Flex 170\nC 03  Display\n',
  });
  const { devices } = await open(root).read(0);
  expect(devices[0]).toMatchObject({
    info: { name: 'Data Center GPU Flex 170' },
    values: { gpu_energy_joules_total: 5, gpu_power_limit_watts: 150, gpu_graphics_clock_hertz: 2050e6 },
    labelled: [{ labels: { reason: 'pl1' }, value: 0 }],
  });
  expect(devices[0]?.values).not.toHaveProperty('gpu_utilization_ratio');
});

test('graphics without sensors and cards of others are no GPU of this source', () => {
  expect(() => open(madeMachine({ ...intelGraphics(), ...mi250x(1) }).root)).toThrow(Unavailable);
});

test('every value has a metric', async () => {
  const { devices } = await open(madeMachine({ ...xeCard(1), ...i915Card(2) }).root).read(0);
  expect(devices.flatMap(({ values }) => Object.keys(values)).filter((name) => !Object.hasOwn(metrics, name))).toEqual([]);
});

const data = process.env['VIGIE_TEST_DATA'];
if (data === undefined) console.warn('skipped: a recorded laptop, because VIGIE_TEST_DATA does not say where it is');

test.skipIf(data === undefined)('a recorded laptop has nothing to read', () => {
  expect(() => open(`${data}/machines/procfs`)).toThrow(/no card of i915 or xe/);
});
