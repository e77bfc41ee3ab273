import type { Host } from '../../host.ts';
import { findChips, isCheap, sensorFiles } from '../hwmon/chips.ts';
import type { Chip } from '../hwmon/chips.ts';

/** Something whose temperature is known. */
export interface Sensor {
  readonly place: 'cpu' | 'board' | 'inlet';
  /** Number of the CPU package, or the sensor's label. */
  readonly name: string;
  /** Files in thousandths of a degree; `max` and `critical` where the sensor has them. */
  readonly input: string;
  readonly max?: string;
  readonly critical?: string;
}

const THERMAL = '/sys/class/thermal';
const INLET = /inlet|intake|ambient|front panel/i;
const BOARD = /^(systin|sys|system|mb|m\/b|motherboard|mainboard|baseboard|board|chipset|pch|vrm)([ _-]|$)/i;

/** The sensors of CPU packages, boards and inlets that are cheap to read. Disks and ACPI are left alone: they are slow, or wake up for it. */
export function findSensors(host: Host): readonly Sensor[] {
  const chips = findChips(host).filter(({ driver }) => isCheap(driver));
  const zones = findZones(host);
  const cpus = [...chips.flatMap((chip) => coretemp(host, chip)), ...amd(host, chips)];
  return [
    ...(cpus.length > 0 ? cpus : zones.filter(({ place }) => place === 'cpu')),
    ...chips.flatMap((chip) => labelled(host, chip)),
    ...zones.filter(({ place }) => place !== 'cpu'),
  ];
}

interface Labelled extends Omit<Sensor, 'place' | 'name'> {
  /** Empty where the driver gives none. */
  readonly label: string;
}

function temperatures(host: Host, chip: Chip): readonly Labelled[] {
  const files = sensorFiles(host, chip).filter(({ type }) => type === 'temp');
  const path = (sensor: string, element: string) => files.find((file) => file.sensor === sensor && file.element === element)?.path;
  return files
    .filter(({ element }) => element === 'input')
    .map(({ sensor, path: input }) => {
      const [label, max, critical] = ['label', 'max', 'crit'].map((element) => path(sensor, element));
      return { label: (label && host.text(label)) ?? '', input, ...(max && { max }), ...(critical && { critical }) };
    });
}

// Documentation/hwmon/coretemp.rst; "Physical id" before Linux 4.18.
function coretemp(host: Host, chip: Chip): readonly Sensor[] {
  if (chip.driver !== 'coretemp') return [];
  return temperatures(host, chip).flatMap(({ label, ...files }) => {
    const [, name] = /^(?:Package|Physical) id (\d+)$/.exec(label) ?? [];
    return name === undefined ? [] : [{ place: 'cpu', name, ...files }];
  });
}

// Documentation/hwmon/k10temp.rst: Tctl is for fans and may be offset, Tdie is the temperature. One chip a die, in the packages' order.
function amd(host: Host, chips: readonly Chip[]): readonly Sensor[] {
  const dies = chips.filter(({ driver }) => /^(k10temp|zenpower|cpu_thermal)$/.test(driver));
  const perPackage = Math.max(1, Math.floor(dies.length / countPackages(host)));
  return dies.flatMap((chip, at) => {
    const all = temperatures(host, chip);
    const best =
      all.find(({ label }) => label === 'Tdie') ?? all.find(({ label }) => label === 'Tctl') ?? all.find(({ label }) => label === '');
    if (best === undefined) return [];
    const { label: _, ...files } = best;
    return [{ place: 'cpu', name: String(Math.floor(at / perPackage)), ...files }];
  });
}

function countPackages(host: Host): number {
  const cpus = host.list('/sys/devices/system/cpu').filter((name) => /^cpu\d+$/.test(name));
  const ids = cpus.map((cpu) => host.text(`/sys/devices/system/cpu/${cpu}/topology/physical_package_id`));
  return Math.max(1, new Set(ids.filter((id) => id !== undefined)).size);
}

function labelled(host: Host, chip: Chip): readonly Sensor[] {
  return temperatures(host, chip).flatMap(({ label, ...files }): readonly Sensor[] => {
    if (INLET.test(label)) return [{ place: 'inlet', name: label, ...files }];
    return BOARD.test(label) ? [{ place: 'board', name: label, ...files }] : [];
  });
}

// Documentation/driver-api/thermal/sysfs-api.rst. ACPI's zones have no place, and some answer slowly.
function findZones(host: Host): readonly Sensor[] {
  let packages = 0;
  const zones = host.list(THERMAL).filter((name) => /^thermal_zone\d+$/.test(name));
  return zones
    .sort((a, b) => Number(a.slice('thermal_zone'.length)) - Number(b.slice('thermal_zone'.length)))
    .flatMap((zone): readonly Sensor[] => {
      const type = host.text(`${THERMAL}/${zone}/type`) ?? '';
      const files = { input: `${THERMAL}/${zone}/temp`, ...criticalTrip(host, `${THERMAL}/${zone}`) };
      if (type === 'x86_pkg_temp') return [{ place: 'cpu', name: String(packages++), ...files }];
      if (/^(cpu|soc|bcm\d+)[-_]?\d*[-_]thermal$/.test(type)) return [{ place: 'cpu', name: '0', ...files }];
      if (INLET.test(type)) return [{ place: 'inlet', name: type, ...files }];
      return BOARD.test(type) ? [{ place: 'board', name: type, ...files }] : [];
    });
}

function criticalTrip(host: Host, zone: string): { readonly critical?: string } {
  const [, number] =
    host
      .list(zone)
      .map((file) => /^trip_point_(\d+)_type$/.exec(file))
      .find((match) => match !== null && host.text(`${zone}/${match[0]}`) === 'critical') ?? [];
  return number === undefined ? {} : { critical: `${zone}/trip_point_${number}_temp` };
}
