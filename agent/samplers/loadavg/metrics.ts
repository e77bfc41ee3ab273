import { defineMetrics } from '../../contract/metric.ts';

/** The first three cells of /proc/loadavg. */
export const metrics = defineMetrics('node', {
  node_load1: { kind: 'gauge', unit: 'count', help: '1m load average.' },
  node_load5: { kind: 'gauge', unit: 'count', help: '5m load average.' },
  node_load15: { kind: 'gauge', unit: 'count', help: '15m load average.' },
});
