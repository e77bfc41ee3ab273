import { defineMetrics } from '../../contract/metric.ts';

/** What uname(2) answers, as labels of the value 1. */
export const metrics = defineMetrics('node_uname', {
  node_uname_info: {
    kind: 'gauge',
    unit: 'info',
    help: 'Labeled system information as provided by the uname system call.',
    labels: ['sysname', 'release', 'version', 'machine', 'nodename', 'domainname'],
  },
});
