import { defineMetrics } from '../../contract/metric.ts';

/** Who decides on the clocks of CPUs. */
export const metrics = defineMetrics('power', {
  power_cpu_governor: {
    kind: 'gauge',
    unit: 'count',
    help: 'CPUs whose clock this governor decides on (performance, powersave, …).',
    labels: ['governor'],
  },
});
