import { realpathSync } from 'node:fs';
import { basename, dirname } from 'node:path';
import type { Host } from '../../host.ts';
import { cleanName } from './metrics.ts';

/** A sensor's file: `temp1_crit` is type `temp`, sensor `temp1`, element `crit`. */
export interface SensorFile {
  readonly type: string;
  readonly sensor: string;
  readonly element: string;
  readonly path: string;
}

/** A chip of /sys/class/hwmon. */
export interface Chip {
  /** The name that stays over reboots: the device's bus and name (`platform_coretemp_0`), as node_exporter makes it. */
  readonly chip: string;
  /** What the driver calls itself (`coretemp`); empty where it does not say. */
  readonly driver: string;
  /** Folders that hold its files: its own, and in old drivers the device's. */
  readonly folders: readonly string[];
}

/** Where the kernel lists its monitoring chips (Documentation/hwmon/sysfs-interface.rst). */
export const HWMON = '/sys/class/hwmon';

// Drivers whose sensors are registers near the CPU or on a fast bus. Others can cost more than they tell: an NVMe disk answers a
// temperature between its I/O, a SATA disk wakes up for it, an ACPI power meter asks the BMC.
const CHEAP = /^(coretemp|k10temp|zenpower|cpu_thermal|amdgpu|xe|i915|acpitz|nct.*|it87.*|w83.*|f71.*|jc42)$/;

/** Whether the sensors of a driver can be read often without disturbing what they measure. */
export function isCheap(driver: string): boolean {
  return CHEAP.test(driver);
}

/** The chips there are, without touching a sensor. */
export function findChips(host: Host): readonly Chip[] {
  return host.list(HWMON).map((name) => {
    const folder = `${HWMON}/${name}`;
    const driver = host.text(`${folder}/name`) ?? '';
    return { chip: chipName(host, folder, driver) || cleanName(name), driver, folders: [folder, `${folder}/device`] };
  });
}

function chipName(host: Host, folder: string, driver: string): string {
  const device = realPath(host.path(`${folder}/device`));
  if (device === undefined) return cleanName(driver);
  return [basename(dirname(device)), basename(device)]
    .map(cleanName)
    .filter((part) => part !== '')
    .join('_');
}

function realPath(path: string): string | undefined {
  try {
    return realpathSync(path);
  } catch (error) {
    if (error instanceof Error && 'code' in error) return undefined;
    throw error;
  }
}

const TYPES = [
  'vrm',
  'beep_enable',
  'update_interval',
  'in',
  'cpu',
  'fan',
  'pwm',
  'temp',
  'curr',
  'power',
  'energy',
  'humidity',
  'intrusion',
];

// node_exporter's pattern (collector/hwmon_linux.go hwmonFilenameFormat).
const FILE = /^([^0-9]+)([0-9]*)(_(.+))?$/;

/** The files of a chip that are sensors', in order; where both folders have one, the device's is read, as node_exporter does. */
export function sensorFiles(host: Host, chip: Chip): readonly SensorFile[] {
  const files = new Map<string, SensorFile>();
  for (const folder of chip.folders) {
    for (const name of host.list(folder)) {
      const [, type = '', number = '', , element = ''] = FILE.exec(name) ?? [];
      if (!TYPES.includes(type)) continue;
      // `power` without a number is the folder of power management that every device has, no sensor.
      if (number === '' && element === '' && host.text(`${folder}/${name}`) === undefined) continue;
      const sensor = `${type}${Number(number)}`;
      files.set(`${sensor} ${element}`, { type, sensor, element, path: `${folder}/${name}` });
    }
  }
  return [...files.values()];
}
