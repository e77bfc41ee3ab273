import { defineMetrics } from '../../contract/metric.ts';

/** How often the hardware slowed CPUs down because of heat, as node_exporter has it (collector/cpu_linux.go). */
export const metrics = defineMetrics('node_cpu', {
  node_cpu_core_throttles_total: {
    kind: 'counter',
    unit: 'count',
    help: 'Number of times this CPU core has been throttled.',
    labels: ['package', 'core'],
  },
  node_cpu_package_throttles_total: {
    kind: 'counter',
    unit: 'count',
    help: 'Number of times this CPU package has been throttled.',
    labels: ['package'],
  },
});
