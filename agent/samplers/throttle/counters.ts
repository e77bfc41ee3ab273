import type { Host } from '../../host.ts';

/** A file that counts how often a package, or a core of it, was throttled. */
export interface Counter {
  readonly path: string;
  readonly socket: string;
  /** Absent where the whole package is meant. */
  readonly core?: string;
}

const CPUS = '/sys/devices/system/cpu';

/** One file for each package and each core: its first thread's, as node_exporter takes it, since all threads of a core tell the same. */
export function findCounters(host: Host): readonly Counter[] {
  const found = new Map<string, Counter>();
  for (const cpu of host.list(CPUS)) {
    if (!/^cpu\d+$/.test(cpu)) continue;
    const folder = `${CPUS}/${cpu}`;
    const socket = host.text(`${folder}/topology/physical_package_id`);
    const core = host.text(`${folder}/topology/core_id`);
    if (socket === undefined || core === undefined) continue;
    const files = host.list(`${folder}/thermal_throttle`);
    const add = (key: string, file: string, counter: Omit<Counter, 'path'>): void => {
      if (files.includes(file) && !found.has(key)) found.set(key, { path: `${folder}/thermal_throttle/${file}`, ...counter });
    };
    add(socket, 'package_throttle_count', { socket });
    add(`${socket} ${core}`, 'core_throttle_count', { socket, core });
  }
  return [...found.values()];
}
