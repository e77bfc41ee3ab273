import { defineMetrics } from '../../contract/metric.ts';

/** The totals of the files in /proc/pressure; each is there where the kernel has its file and line. */
export const metrics = defineMetrics('node_pressure', {
  node_pressure_cpu_waiting_seconds_total: {
    kind: 'counter',
    unit: 'seconds',
    help: 'Total time in seconds that processes have waited for CPU time',
    inheritedHelp: true,
  },
  node_pressure_io_waiting_seconds_total: {
    kind: 'counter',
    unit: 'seconds',
    help: 'Total time in seconds that processes have waited due to IO congestion',
    inheritedHelp: true,
  },
  node_pressure_io_stalled_seconds_total: {
    kind: 'counter',
    unit: 'seconds',
    help: 'Total time in seconds no process could make progress due to IO congestion',
    inheritedHelp: true,
  },
  node_pressure_memory_waiting_seconds_total: {
    kind: 'counter',
    unit: 'seconds',
    help: 'Total time in seconds that processes have waited for memory',
    inheritedHelp: true,
  },
  node_pressure_memory_stalled_seconds_total: {
    kind: 'counter',
    unit: 'seconds',
    help: 'Total time in seconds no process could make progress due to memory congestion',
    inheritedHelp: true,
  },
  node_pressure_irq_stalled_seconds_total: {
    kind: 'counter',
    unit: 'seconds',
    help: 'Total time in seconds no process could make progress due to IRQ congestion',
    inheritedHelp: true,
  },
});
