import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { openedNvml, valuesOf } from '../../../../test/gpu/opened-nvml.ts';
import { needsServer } from '../../../../test/services/needs-server.ts';

/** A board as a description of k8s-test-infra has it. */
interface Recorded {
  readonly system: { readonly driver_version: string };
  readonly device_defaults: {
    readonly name: string;
    readonly memory: Readonly<Record<string, number>>;
    readonly pcie: Readonly<Record<string, number>>;
    readonly power: Readonly<Record<string, number>>;
    readonly thermal: Readonly<Record<string, number>>;
    readonly clocks: Readonly<Record<string, number>>;
    readonly utilization: Readonly<Record<string, number>>;
  };
  readonly devices: readonly {
    readonly uuid: string;
    readonly serial: string;
    readonly pci: { readonly bus_id: string };
    readonly minor_number: number;
  }[];
}

const data = process.env['VIGIE_TEST_DATA'];
if (data === undefined) console.warn('skipped: boards described for NVML, because VIGIE_TEST_DATA does not say where they are');

needsServer('gcc')('boards as others describe them', () => {
  test.skipIf(data === undefined).each(['h100', 'b200', 't4'])('the figures of nvml-%s.yaml come out as metrics', async (board) => {
    const recorded = parse(readFileSync(`${data}/gpu/nvml-${board}.yaml`, 'utf8')) as Recorded;
    const { memory, pcie, power, thermal, clocks } = recorded.device_defaults;
    const nvml = await openedNvml(scenarioOf(recorded), { branch: Number.parseInt(recorded.system.driver_version, 10) });
    const { devices } = await nvml.read();
    expect(devices.map(({ uuid, minor, info }) => ({ uuid, minor, serial: info.serial, bus: info.pci_bus_id }))).toEqual(
      recorded.devices.map(({ uuid, minor_number: minor, serial, pci }) => ({ uuid, minor, serial, bus: pci.bus_id })),
    );
    for (const device of devices) {
      expect(device.info).toMatchObject({ name: recorded.device_defaults.name, driver: recorded.system.driver_version });
      expect(valuesOf(device)).toMatchObject({
        gpu_utilization_ratio: 0,
        gpu_encoder_utilization_ratio: 0,
        gpu_memory_total_bytes: memory['total_bytes'],
        gpu_memory_reserved_bytes: memory['reserved_bytes'],
        gpu_memory_used_bytes: memory['used_bytes'],
        gpu_power_watts: (power['current_draw_mw'] ?? 0) / 1000,
        gpu_power_limit_watts: (power['enforced_limit_mw'] ?? 0) / 1000,
        gpu_power_limit_min_watts: (power['min_limit_mw'] ?? 0) / 1000,
        gpu_power_limit_max_watts: (power['max_limit_mw'] ?? 0) / 1000,
        gpu_temperature_celsius: thermal['temperature_gpu_c'],
        gpu_memory_temperature_celsius: thermal['temperature_memory_c'],
        gpu_temperature_shutdown_celsius: thermal['shutdown_threshold_c'],
        gpu_temperature_slowdown_celsius: thermal['slowdown_threshold_c'],
        gpu_temperature_max_operating_celsius: thermal['max_operating_c'],
        gpu_sm_clock_hertz: (clocks['sm_current'] ?? 0) * 1e6,
        gpu_memory_clock_max_hertz: (clocks['memory_max'] ?? 0) * 1e6,
        gpu_pcie_link_generation_max: pcie['max_link_gen'],
        gpu_pcie_replays_total: 0,
        'gpu_clock_event_active{reason="gpu_idle"}': 1,
      });
      const energy = power['total_energy_consumption_mj'];
      expect(device.values['gpu_energy_joules_total']).toBe(energy === undefined ? undefined : energy / 1000);
    }
  });
});

// The board's figures in the words of the made library.
function scenarioOf({ system, device_defaults: board, devices }: Recorded): string[] {
  const { memory, pcie, power, thermal, clocks, utilization } = board;
  const every: Readonly<Record<string, string | number | undefined>> = {
    name: board.name,
    memory_total: memory['total_bytes'],
    memory_reserved: memory['reserved_bytes'],
    memory_used: memory['used_bytes'],
    util_gpu: utilization['gpu'],
    util_memory: utilization['memory'],
    encoder: utilization['encoder'],
    decoder: utilization['decoder'],
    power: power['current_draw_mw'],
    limit: power['enforced_limit_mw'],
    limit_default: power['default_limit_mw'],
    limit_min: power['min_limit_mw'],
    limit_max: power['max_limit_mw'],
    temperature: thermal['temperature_gpu_c'],
    'field 82': thermal['temperature_memory_c'],
    'field 83': power['total_energy_consumption_mj'],
    threshold_shutdown: thermal['shutdown_threshold_c'],
    threshold_slowdown: thermal['slowdown_threshold_c'],
    threshold_gpu: thermal['max_operating_c'],
    clock_graphics: clocks['graphics_current'],
    clock_sm: clocks['sm_current'],
    clock_memory: clocks['memory_current'],
    clock_video: clocks['video_current'],
    max_graphics: clocks['graphics_max'],
    max_sm: clocks['sm_max'],
    max_memory: clocks['memory_max'],
    max_video: clocks['video_max'],
    pcie_gen: pcie['current_link_gen'],
    pcie_gen_max: pcie['max_link_gen'],
    pcie_width: pcie['current_link_width'],
    pcie_width_max: pcie['max_link_width'],
    pcie_replay: pcie['replay_counter'],
    reasons: 1,
    pstate: 0,
  };
  return [
    `driver ${system.driver_version}`,
    `gpus ${devices.length} none`,
    ...Object.entries(every).flatMap(([key, value]) => (value === undefined ? [] : [`gpu * ${key} ${value}`])),
    ...devices.flatMap(({ uuid, serial, pci, minor_number: minor }, at) => [
      `gpu ${at} uuid ${uuid}`,
      `gpu ${at} serial ${serial}`,
      `gpu ${at} bus_id ${pci.bus_id}`,
      `gpu ${at} minor ${minor}`,
    ]),
  ];
}
