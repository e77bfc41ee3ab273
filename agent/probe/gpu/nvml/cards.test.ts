import { expect, test } from 'vitest';
import { openedNvml, valuesOf } from '../../../../test/gpu/opened-nvml.ts';
import { needsServer } from '../../../../test/services/needs-server.ts';
import { metrics } from '../../../samplers/gpu/metrics.ts';

const MIB = 1024 * 1024;
const GPM = Object.keys(metrics).filter((name) =>
  /^gpu_(graphics_engine|sm|tensor|dram|fp\d\d|integer)_(active|occupancy)_ratio$/.test(name),
);

/** What a card tells with its driver, and what it must be silent about. */
interface Card {
  readonly profile: string;
  readonly branch?: number;
  readonly tells: Readonly<Record<string, number>>;
  readonly lacks: readonly string[];
}

const cards: readonly Card[] = [
  {
    profile: 'k20m',
    branch: 470,
    tells: {
      gpu_utilization_ratio: 0,
      gpu_memory_total_bytes: 5_032_706_048,
      gpu_memory_used_bytes: 0,
      gpu_temperature_celsius: 29,
      gpu_temperature_slowdown_celsius: 90,
      gpu_temperature_shutdown_celsius: 95,
      gpu_power_watts: 16.25,
      gpu_power_instant_watts: 16.25,
      gpu_power_limit_watts: 225,
      gpu_sm_clock_hertz: 324e6,
      gpu_sm_clock_max_hertz: 758e6,
      gpu_performance_state: 8,
      'gpu_clock_event_active{reason="gpu_idle"}': 1,
      'gpu_clock_event_active{reason="sw_power_cap"}': 0,
      'gpu_ecc_errors_total{type="uncorrected",lifetime="aggregate"}': 0,
      'gpu_retired_pages{cause="double_bit"}': 0,
      gpu_pcie_replays_total: 0,
      gpu_pcie_link_width: 16,
      gpu_processes: 0,
    },
    lacks: [
      'gpu_energy_joules_total',
      'gpu_memory_temperature_celsius',
      'gpu_memory_reserved_bytes',
      'gpu_temperature_margin_celsius',
      'gpu_temperature_max_operating_celsius',
      'gpu_fan_ratio',
      'gpu_clock_event_active{reason="hw_thermal_slowdown"}',
      'gpu_remapped_rows{type="correctable"}',
      'gpu_nvlink_links_active',
      'gpu_nvlink_transmit_bytes_total',
      'gpu_pcie_transmit_bytes_total',
      'gpu_mig_enabled',
      ...GPM,
    ],
  },
  {
    profile: 'v100',
    branch: 535,
    tells: {
      gpu_utilization_ratio: 0,
      gpu_memory_used_bytes: 0,
      gpu_memory_reserved_bytes: 305_135_616,
      gpu_temperature_celsius: 38,
      gpu_memory_temperature_celsius: 36,
      gpu_temperature_slowdown_celsius: 87,
      gpu_temperature_max_operating_celsius: 83,
      gpu_memory_temperature_max_operating_celsius: 85,
      gpu_power_watts: 57,
      gpu_power_instant_watts: 57,
      gpu_power_limit_watts: 300,
      gpu_power_limit_min_watts: 150,
      gpu_energy_joules_total: 1000,
      'gpu_clock_event_active{reason="hw_thermal_slowdown"}': 0,
      'gpu_clock_event_seconds_total{reason="sw_power_cap"}': 0,
      'gpu_retired_pages{cause="single_bit"}': 0,
      gpu_retired_pages_pending: 0,
      gpu_nvlink_links_active: 6,
      gpu_nvlink_transmit_bytes_total: 1000 * 1024,
      'gpu_nvlink_errors_total{error="replay"}': 0,
    },
    lacks: [
      'gpu_temperature_margin_celsius',
      'gpu_remapped_rows{type="correctable"}',
      'gpu_clock_event_seconds_total{reason="hw_thermal_slowdown"}',
      'gpu_mig_enabled',
      'gpu_recovery_action',
      ...GPM,
    ],
  },
  {
    profile: 'a100',
    branch: 535,
    tells: {
      gpu_power_watts: 67,
      gpu_power_instant_watts: 67,
      gpu_temperature_shutdown_celsius: 92,
      gpu_temperature_slowdown_celsius: 89,
      gpu_temperature_max_operating_celsius: 85,
      gpu_memory_temperature_max_operating_celsius: 95,
      'gpu_remapped_rows{type="uncorrectable"}': 0,
      gpu_remapped_rows_pending: 0,
      gpu_remapped_rows_failed: 0,
      gpu_mig_enabled: 0,
      gpu_nvlink_links_active: 12,
    },
    lacks: ['gpu_retired_pages{cause="single_bit"}', 'gpu_temperature_margin_celsius', 'gpu_pcie_transmit_bytes_total', ...GPM],
  },
  {
    profile: 'h200',
    branch: 590,
    tells: {
      gpu_temperature_celsius: 28,
      gpu_temperature_margin_celsius: 59,
      gpu_temperature_margin_slowdown_celsius: -2,
      gpu_temperature_max_operating_celsius: 87,
      gpu_temperature_slowdown_celsius: 89,
      gpu_temperature_shutdown_celsius: 95,
      gpu_memory_temperature_celsius: 32,
      gpu_memory_used_bytes: 0,
      gpu_memory_reserved_bytes: 614 * MIB,
      gpu_memory_total_bytes: 143_771 * MIB,
      gpu_power_watts: 77.7,
      gpu_power_instant_watts: 77.5,
      gpu_power_limit_watts: 700,
      gpu_performance_state: 0,
      gpu_memory_clock_hertz: 3201e6,
      gpu_sm_clock_hertz: 345e6,
      gpu_video_clock_max_hertz: 1545e6,
      gpu_recovery_action: 0,
      'gpu_clock_event_seconds_total{reason="hw_power_brake_slowdown"}': 0,
      gpu_sm_active_ratio: 0,
      gpu_tensor_active_ratio: 0,
      gpu_nvlink_links_active: 18,
      // From its own counters: 2 and 4 MiB/s for a second.
      gpu_pcie_transmit_bytes_total: 2 * MIB,
      gpu_pcie_receive_bytes_total: 4 * MIB,
      gpu_lost: 0,
    },
    lacks: ['gpu_retired_pages{cause="single_bit"}', 'gpu_memory_temperature_max_operating_celsius', 'gpu_fan_ratio'],
  },
];

needsServer('gcc')('NVML on cards of many years', () => {
  test.each(cards)(
    'a $profile tells what it has, 0 where it is 0, and is silent about the rest',
    async ({ profile, branch, tells, lacks }) => {
      const nvml = await openedNvml([`gpus 1 ${profile}`], branch === undefined ? {} : { branch });
      const first = valuesOf((await nvml.read()).devices[0]);
      const values = { ...first, ...valuesOf((await nvml.read()).devices[0]) };
      expect(values).toMatchObject(tells);
      expect(Object.keys(values).filter((name) => lacks.includes(name))).toEqual([]);
    },
  );

  test.each(cards)('what a $profile tells is declared, with the labels it has', async ({ profile }) => {
    const nvml = await openedNvml([`gpus 1 ${profile}`]);
    const { devices } = await nvml.read();
    for (const [name] of Object.entries(devices[0]?.values ?? {})) expect(metrics).toHaveProperty(name);
    for (const { metric, labels } of devices[0]?.labelled ?? [])
      expect(metrics[metric as keyof typeof metrics].labels).toEqual(expect.arrayContaining(Object.keys(labels)));
  });

  test('a card with nothing but its name has no values, and none is invented', async () => {
    const nvml = await openedNvml(['gpus 1 none']);
    expect(valuesOf((await nvml.read()).devices[0])).toEqual({ gpu_lost: 0, gpu_processes: 0 });
    expect(valuesOf((await nvml.read(60_000)).devices[0])).toEqual({ gpu_lost: 0, gpu_processes: 0 });
  });

  test('what the card is comes with each reading', async () => {
    const nvml = await openedNvml([
      'driver 550.163.01',
      'gpus 2 h100',
      'gpu 1 uuid GPU-second',
      'gpu 1 bus_id 00000000:CB:00.0',
      'gpu 1 minor 7',
    ]);
    const { source, devices } = await nvml.read();
    expect(source).toBe('nvml');
    expect(devices[1]).toMatchObject({
      gpu: '1',
      uuid: 'GPU-second',
      vendor: 'nvidia',
      minor: 7,
      info: { name: 'NVIDIA H100 80GB HBM3', driver: '550.163.01', pci_bus_id: '00000000:CB:00.0', serial: '1562821083900' },
    });
  });

  test('power: a card of Ampere and later without the averaged field has its usage as an average, GA100 and older as the instant', async () => {
    const newer = await openedNvml(['gpus 1 none', 'gpu 0 cc_major 8', 'gpu 0 cc_minor 6', 'gpu 0 power 150000']);
    expect(valuesOf((await newer.read()).devices[0])).toMatchObject({ gpu_power_watts: 150 });
    expect(valuesOf((await newer.read()).devices[0])).not.toHaveProperty('gpu_power_instant_watts');
    const older = await openedNvml(['gpus 1 none', 'gpu 0 cc_major 8', 'gpu 0 cc_minor 0', 'gpu 0 power 150000']);
    expect(valuesOf((await older.read()).devices[0])).toMatchObject({ gpu_power_watts: 150, gpu_power_instant_watts: 150 });
  });

  test('limits of a Hopper card whose driver tells no margin come from its thresholds, where it has them', async () => {
    const thresholds = ['gpu 0 threshold_shutdown 92', 'gpu 0 threshold_slowdown 87', 'gpu 0 threshold_gpu 0'];
    const nvml = await openedNvml(['gpus 1 h100', ...thresholds], { branch: 550 });
    const values = valuesOf((await nvml.read()).devices[0]);
    expect(values).toMatchObject({ gpu_temperature_shutdown_celsius: 92, gpu_temperature_slowdown_celsius: 87 });
    expect(values).toMatchObject({ gpu_temperature_margin_slowdown_celsius: -2 });
    expect(values).not.toHaveProperty('gpu_temperature_max_operating_celsius');
    expect(values).not.toHaveProperty('gpu_temperature_margin_celsius');
  });

  test('memory that the driver reserves is used memory only where it cannot tell them apart', async () => {
    const scenario = ['gpus 1 none', 'gpu 0 memory_total 1000', 'gpu 0 memory_used 100', 'gpu 0 memory_reserved 50'];
    const apart = valuesOf((await (await openedNvml(scenario)).read()).devices[0]);
    expect(apart).toMatchObject({ gpu_memory_used_bytes: 100, gpu_memory_reserved_bytes: 50 });
    const together = valuesOf((await (await openedNvml(scenario, { branch: 470 })).read()).devices[0]);
    expect(together).toMatchObject({ gpu_memory_used_bytes: 150 });
    expect(together).not.toHaveProperty('gpu_memory_reserved_bytes');
  });

  test('bytes over PCIe are told where the driver counts them in 64 bits, not where the count goes round', async () => {
    const nvml = await openedNvml(['gpus 2 a100', 'gpu 0 field 197 5000000000', 'gpu 1 field 197 4000000000']);
    const { devices } = await nvml.read();
    expect(devices[0]?.values['gpu_pcie_transmit_bytes_total']).toBe(5e9);
    expect(devices[1]?.values).not.toHaveProperty('gpu_pcie_transmit_bytes_total');
  });

  test('bytes over NVLink 5 come from its own counters', async () => {
    const nvml = await openedNvml(['gpus 1 none', 'gpu 0 field 202 3000', 'gpu 0 field 204 4000']);
    expect(valuesOf((await nvml.read()).devices[0])).toMatchObject({
      gpu_nvlink_transmit_bytes_total: 3000,
      gpu_nvlink_receive_bytes_total: 4000,
    });
  });

  test('the fastest fan counts', async () => {
    const nvml = await openedNvml(['gpus 1 none', 'gpu 0 fans 2', 'gpu 0 fan 40']);
    expect(valuesOf((await nvml.read()).devices[0])).toMatchObject({ gpu_fan_ratio: 0.41 });
  });

  test('energy, memory errors and replays are still told by a driver that has no field values', async () => {
    const nvml = await openedNvml(['gpus 1 v100', 'gpu 0 field 4 7'], { without: ['nvmlDeviceGetFieldValues'] });
    expect(valuesOf((await nvml.read()).devices[0])).toMatchObject({
      gpu_energy_joules_total: 1000,
      gpu_pcie_replays_total: 0,
      'gpu_ecc_errors_total{type="uncorrected",lifetime="volatile"}': 7,
    });
  });
});
