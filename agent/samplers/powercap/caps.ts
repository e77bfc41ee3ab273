import type { Host } from '../../host.ts';
import { componentOf, findZones, MICRO } from '../rapl/zones.ts';

/** A limit on the power of a part of the node. */
export interface Cap {
  readonly component: string;
  readonly constraint: string;
  readonly watts: number;
}

/** HPE Cray's counters of a node. */
const PM_COUNTERS = '/sys/cray/pm_counters';

/** The caps in force: 0, and what is switched off, is none. */
export function findCaps(host: Host): readonly Cap[] {
  return [...crayCaps(host), ...raplCaps(host)].filter(({ watts }) => watts > 0);
}

function crayCaps(host: Host): readonly Cap[] {
  return host.list(PM_COUNTERS).flatMap((file) => {
    const [, part] = /^(?:(\w+)_)?power_cap$/.exec(file) ?? [];
    if (part === undefined && file !== 'power_cap') return [];
    const watts = Number(/^(\d+) W\b/.exec(host.text(`${PM_COUNTERS}/${file}`) ?? '')?.[1]);
    return [{ component: part ?? 'node', constraint: 'cap', watts }];
  });
}

function raplCaps(host: Host): readonly Cap[] {
  const zones = findZones(host);
  return zones.flatMap((zone) => {
    const component = zone.name === 'psys' ? 'psys' : componentOf(zone, zones);
    if (component === undefined || host.text(`${zone.path}/enabled`) === '0') return [];
    return host.list(zone.path).flatMap((file) => {
      const [, number] = /^constraint_(\d+)_power_limit_uw$/.exec(file) ?? [];
      if (number === undefined) return [];
      const watts = Number(host.text(`${zone.path}/${file}`) ?? 0) / MICRO;
      return [{ component, constraint: host.text(`${zone.path}/constraint_${number}_name`) ?? number, watts }];
    });
  });
}
