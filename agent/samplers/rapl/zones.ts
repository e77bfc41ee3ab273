import type { Host } from '../../host.ts';

/** A zone of RAPL: a package, its memory, its cores, or the whole platform. */
export interface Zone {
  /** Its name as the kernel writes it: `package-0`, `dram`, `psys`. */
  readonly name: string;
  /** Folder on the machine: `/sys/class/powercap/intel-rapl:0:0`. */
  readonly path: string;
  /** node_exporter's metric part and index: the number at the end of the name, else how many of the name came before. */
  readonly kind: string;
  readonly index: string;
  /** Where the counter starts again, joules; NaN where the zone does not say. */
  readonly rangeJoules: number;
  /** The most it draws for long, watts; a guess on the safe side where it does not say. */
  readonly tdpWatts: number;
}

/** Where the kernel lists what can be capped (Documentation/power/powercap/powercap.rst). */
export const POWERCAP = '/sys/class/powercap';

/** Powercap counts in microjoules and microwatts. */
export const MICRO = 1_000_000;

// The kernel's amd_energy document wraps at 240 W in 4.6 minutes; the largest packages on sale draw 400 to 500 W, platforms of two with
// their memory about 2 kW.
const TDP_GUESS = 500;
const PLATFORM_GUESS = 2000;

/** The zones there are, in node_exporter's order, whether or not their counters may be read. */
export function findZones(host: Host): readonly Zone[] {
  const used = new Map<string, number>();
  return host.list(POWERCAP).flatMap((folder) => {
    const path = `${POWERCAP}/${folder}`;
    const name = folder.startsWith('intel-rapl') ? host.text(`${path}/name`) : undefined;
    if (name === undefined || name === '') return [];
    const { kind, index } = kindAndIndex(name, used);
    return [{ name, path, kind, index: String(index), rangeJoules: rangeJoules(host, path), tdpWatts: tdpWatts(host, path, kind) }];
  });
}

// procfs sysfs/class_powercap.go getIndexAndName: `package-1` is package with index 1; `package-0-die-1` keeps its name and is counted.
function kindAndIndex(name: string, used: Map<string, number>): { kind: string; index: number } {
  const [, before, number] = /^([^-]*)-(\d+)$/.exec(name) ?? [];
  const kind = before ?? name;
  const index = number === undefined ? (used.get(name) ?? 0) : Number(number);
  used.set(kind, index + 1);
  return { kind, index };
}

function rangeJoules(host: Host, path: string): number {
  const range = Number(host.text(`${path}/max_energy_range_uj`) || Number.NaN) / MICRO;
  return range > 0 ? range : Number.NaN;
}

// The long-term constraint's maximum is the TDP (drivers/powercap/intel_rapl_common.c get_max_power); some parts say 0, or nothing.
function tdpWatts(host: Host, path: string, kind: string): number {
  const tdp = Number(host.text(`${path}/constraint_0_max_power_uw`) ?? 0) / MICRO;
  if (tdp > 0) return tdp;
  return kind === 'psys' ? PLATFORM_GUESS : TDP_GUESS;
}

/** What a zone is a part of the node's power as; undefined for what is contained in another one (cores, graphics) and for the platform. */
export function componentOf(zone: Zone, zones: readonly Zone[]): string | undefined {
  // The same registers once more, behind another bus.
  const bus = zones.some(({ path }) => path.startsWith(`${POWERCAP}/intel-rapl:`)) ? 'intel-rapl:' : 'intel-rapl-mmio:';
  if (!zone.path.startsWith(`${POWERCAP}/${bus}`)) return undefined;
  if (zone.name.startsWith('package')) return zone.name.replaceAll('-', '');
  if (zone.name !== 'dram') return undefined;
  const parent = zones.find(({ path }) => path === zone.path.slice(0, zone.path.lastIndexOf(':')));
  return `dram${parent?.name.replace(/^package/, '').replaceAll('-', '') ?? zone.index}`;
}
