import type { Finding } from '../../finding.ts';
import type { Host } from '../../host.ts';
import { examineRapl } from '../rapl/access.ts';
import { examineIpmi } from './ipmi.ts';
import type { IpmiOptions } from './ipmi.ts';
import { findMeters } from './meters.ts';
import { PM_COUNTERS } from './pm-counters.ts';

/** Looks at each source of node power, best first, without reading one that is slow. */
export function examinePower(host: Host, options: IpmiOptions): readonly Finding[] {
  return [crayFinding(host), examineIpmi(host, options), meterFinding(host), raplFinding(host)];
}

function crayFinding(host: Host): Finding {
  const source = 'Cray pm_counters';
  if (host.text(`${PM_COUNTERS}/power`) !== undefined) return { source, found: true, why: `${host.path(PM_COUNTERS)} can be read` };
  return { source, found: false, why: `no ${host.path(PM_COUNTERS)}: not an HPE Cray node` };
}

function meterFinding(host: Host): Finding {
  const source = 'power meter';
  const meters = findMeters(host);
  if (meters.length === 0)
    return {
      source,
      found: false,
      why: 'no ACPI power meter and no monitoring chip that measures the node',
      fix: 'modprobe acpi_power_meter',
    };
  return { source, found: true, why: meters.map(({ of, component, path }) => `${component || of} (${host.path(path)})`).join(', ') };
}

// For the estimate of CPUs, memory and GPUs, where nothing measures the node.
function raplFinding(host: Host): Finding {
  const source = 'estimate of RAPL and GPUs';
  const zones = examineRapl(host);
  const missing = zones.find(({ found }) => !found);
  if (missing === undefined) return { source, found: true, why: `${zones.length} zones can be read` };
  return { ...missing, source };
}
