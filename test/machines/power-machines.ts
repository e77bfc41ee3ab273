// Composed nodes for the samplers of power and heat: files by path, to be given to `madeMachine`. The layouts are those of the kernel's
// documents (powercap, hwmon) and of HPE's (pm_counters); the numbers are made up.

type Files = Readonly<Record<string, string>>;

/** Where a 61 µJ register of 32 bits wraps, in microjoules, as Intel servers tell it. */
export const INTEL_RANGE_UJ = 262_143_328_850;

/** A RAPL zone: `energy` in microjoules. */
export function zone(folder: string, name: string, energy: number, more: Files = {}): Files {
  const path = `/sys/class/powercap/${folder}`;
  const files = { name, energy_uj: String(energy), max_energy_range_uj: String(INTEL_RANGE_UJ), enabled: '1', ...more };
  return Object.fromEntries(Object.entries(files).map(([file, text]) => [`${path}/${file}`, `${text}\n`]));
}

const limits = (watts: number): Files => ({
  constraint_0_name: 'long_term',
  constraint_0_power_limit_uw: String(watts * 1e6),
  constraint_0_max_power_uw: String(watts * 1e6),
  constraint_1_name: 'short_term',
  constraint_1_power_limit_uw: String(watts * 1.2e6),
  constraint_1_max_power_uw: '0',
});

/** Two Intel packages of 205 W with memory apart, and the platform. */
export const intelTwoPackages: Files = {
  '/sys/class/powercap/intel-rapl/enabled': '1\n',
  ...zone('intel-rapl:0', 'package-0', 1_000e6, limits(205)),
  ...zone('intel-rapl:0:0', 'dram', 100e6),
  ...zone('intel-rapl:1', 'package-1', 2_000e6, limits(205)),
  ...zone('intel-rapl:1:0', 'dram', 200e6),
  ...zone('intel-rapl:2', 'psys', 9_000e6, { constraint_0_name: 'long_term', constraint_0_power_limit_uw: '0' }),
};

/** An AMD package: cores within it, no memory, a register of 65 kJ, nothing that caps it. */
export const amd: Files = {
  ...zone('intel-rapl:0', 'package-0', 65_000e6, { max_energy_range_uj: '65532610987' }),
  ...zone('intel-rapl:0:0', 'core', 10_000e6, { max_energy_range_uj: '65532610987' }),
};

/** A chip of /sys/class/hwmon, without a device behind it. */
export function hwmonChip(at: number, name: string, files: Files): Files {
  return Object.fromEntries(Object.entries({ name, ...files }).map(([file, text]) => [`/sys/class/hwmon/hwmon${at}/${file}`, `${text}\n`]));
}

/** A server whose BMC answers through ACPI: one meter for the whole node. */
export const acpiMeter: Files = hwmonChip(0, 'power_meter', {
  power1_average: '412000000',
  power1_average_interval: '1000',
  power1_is_battery: '0',
});

/** NVIDIA Grace Hopper: ACPI meters that are told apart by their OEM text. */
export const grace: Files = {
  ...hwmonChip(1, 'power_meter', { power1_average: '640000000', power1_oem_info: 'Module Power Socket 0' }),
  ...hwmonChip(2, 'power_meter', { power1_average: '180000000', power1_oem_info: 'Grace Power Socket 0' }),
  ...hwmonChip(3, 'power_meter', { power1_average: '120000000', power1_oem_info: 'CPU Power Socket 0' }),
  ...hwmonChip(4, 'power_meter', { power1_average: '40000000', power1_oem_info: 'SysIO Power Socket 0' }),
};

/** The counters of a Cray EX node with two accelerators, as they stand at `at` (microseconds). */
export function pmCounters(at: number, watts = 900, joules = 5_000_000): Files {
  const line = (value: number, unit: string): string => `${value} ${unit} ${at} us\n`;
  const files: Files = {
    power: line(watts, 'W'),
    energy: line(joules, 'J'),
    cpu_power: line(150, 'W'),
    cpu_energy: line(800_000, 'J'),
    memory_power: line(60, 'W'),
    memory_energy: line(300_000, 'J'),
    accel0_power: line(300, 'W'),
    accel0_energy: line(1_500_000, 'J'),
    accel1_power: line(310, 'W'),
    accel1_energy: line(1_600_000, 'J'),
    power_cap: line(2000, 'W'),
    accel0_power_cap: line(0, 'W'),
    generation: `4 ${at} us\n`,
    freshness: `${Math.floor(at / 100_000)} ${at} us\n`,
    raw_scan_hz: '10\n',
    startup: '1 1\n',
    version: '2\n',
  };
  return Object.fromEntries(Object.entries(files).map(([file, text]) => [`/sys/cray/pm_counters/${file}`, text]));
}

/** CPUs: `[cpu, package, core]`, with how often each was throttled (core, package). */
export function topology(cpus: readonly (readonly [cpu: number, socket: number, core: number, throttles?: readonly [number, number]])[]): Files {
  const files: Record<string, string> = {};
  for (const [cpu, socket, core, throttles] of cpus) {
    const path = `/sys/devices/system/cpu/cpu${cpu}`;
    files[`${path}/topology/physical_package_id`] = `${socket}\n`;
    files[`${path}/topology/core_id`] = `${core}\n`;
    if (throttles === undefined) continue;
    files[`${path}/thermal_throttle/core_throttle_count`] = `${throttles[0]}\n`;
    files[`${path}/thermal_throttle/package_throttle_count`] = `${throttles[1]}\n`;
  }
  return files;
}
