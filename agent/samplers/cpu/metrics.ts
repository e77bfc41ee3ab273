import { defineMetrics } from '../../contract/metric.ts';

/** CPU time by mode; guest time is contained in user and nice. */
export const timeMetrics = defineMetrics('node_cpu', {
  node_cpu_seconds_total: { kind: 'counter', unit: 'seconds', help: 'Seconds the CPUs spent in each mode.', labels: ['cpu', 'mode'] },
  node_cpu_guest_seconds_total: {
    kind: 'counter',
    unit: 'seconds',
    help: 'Seconds the CPUs spent in guests (VMs) for each mode.',
    labels: ['cpu', 'mode'],
  },
});

/** What else /proc/stat counts. */
export const statMetrics = defineMetrics('node', {
  node_cpus_online: { kind: 'gauge', unit: 'count', help: 'CPUs that are online.' },
  node_boot_time_seconds: { kind: 'gauge', unit: 'seconds', help: 'Node boot time, in unixtime.' },
  node_context_switches_total: { kind: 'counter', unit: 'count', help: 'Total number of context switches.' },
  node_forks_total: { kind: 'counter', unit: 'count', help: 'Total number of forks.' },
  node_intr_total: { kind: 'counter', unit: 'count', help: 'Total number of interrupts serviced.' },
  node_procs_running: { kind: 'gauge', unit: 'count', help: 'Number of processes in runnable state.' },
  node_procs_blocked: { kind: 'gauge', unit: 'count', help: 'Number of processes blocked waiting for I/O to complete.' },
});

/** Everything read from /proc/stat. */
export const metrics = { ...timeMetrics, ...statMetrics };
