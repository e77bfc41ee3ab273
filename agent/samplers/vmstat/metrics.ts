import { defineMetric } from '../../contract/metric.ts';
import type { Metric } from '../../contract/metric.ts';

/** The metric of a field of /proc/vmstat; untyped, because node_exporter says so. */
export function vmstatMetric(field: string): Metric<never> {
  return defineMetric('node_vmstat', `node_vmstat_${field}`, {
    kind: 'untyped',
    unit: 'count',
    help: `/proc/vmstat information field ${field}.`,
    inheritedName: true,
  });
}

// The fields every kernel has; those that only some have (pgfault_..., pgmigrate faults) are declared when they are seen.
const KNOWN = ['oom_kill', 'pgfault', 'pgmajfault', 'pgpgin', 'pgpgout', 'pswpin', 'pswpout'];

/** The fields of /proc/vmstat that every kernel has. */
export const metrics = Object.fromEntries(KNOWN.map((field) => [`node_vmstat_${field}`, vmstatMetric(field)]));
