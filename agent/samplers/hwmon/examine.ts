import type { Finding } from '../../finding.ts';
import type { Host } from '../../host.ts';
import { findChips, HWMON, isCheap } from './chips.ts';

/** Which monitoring chips are read, which are left alone, and what would bring some where there are none. */
export function examineChips(host: Host, { all }: { readonly all: boolean }): readonly Finding[] {
  const drivers = findChips(host).map(({ driver }) => driver);
  if (drivers.length === 0) return [noChip(host)];
  const read = drivers.filter((driver) => all || isCheap(driver));
  const left = drivers.filter((driver) => !read.includes(driver));
  const chips = { source: 'chips', found: read.length > 0, why: read.length > 0 ? counted(read) : 'none that is cheap to read' };
  if (left.length === 0) return [chips];
  const why = `${counted(left)}: left alone, because reading them is slow or disturbs the device`;
  return [chips, { source: 'other chips', found: false, why, fix: 'samplers: { hwmon: { all: true } }' }];
}

function noChip(host: Host): Finding {
  const nothing = { source: 'chips', found: false };
  if (/^flags\s*:.*\bhypervisor\b/m.test(host.text('/proc/cpuinfo') ?? '')) return { ...nothing, why: 'a virtual machine has none' };
  return { ...nothing, why: `nothing in ${host.path(HWMON)}: no driver is loaded`, fix: 'sensors-detect --auto   (package lm-sensors)' };
}

function counted(drivers: readonly string[]): string {
  const names = [...new Set(drivers)].map((driver) => {
    const count = drivers.filter((other) => other === driver).length;
    return count === 1 ? driver : `${count} ${driver}`;
  });
  return names.join(', ');
}
