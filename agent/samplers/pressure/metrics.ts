import { defineMetrics } from '../../contract/metric.ts';

export const metrics = defineMetrics('node_pressure', {
  node_pressure_cpu_waiting_seconds_total: {
    kind: 'counter',
    unit: 'seconds',
    help: 'Total time in seconds that processes have waited for CPU time.',
  },
  node_pressure_io_waiting_seconds_total: {
    kind: 'counter',
    unit: 'seconds',
    help: 'Total time in seconds that processes have waited due to IO congestion.',
  },
  node_pressure_io_stalled_seconds_total: {
    kind: 'counter',
    unit: 'seconds',
    help: 'Total time in seconds no process could make progress due to IO congestion.',
  },
  node_pressure_memory_waiting_seconds_total: {
    kind: 'counter',
    unit: 'seconds',
    help: 'Total time in seconds that processes have waited for memory.',
  },
  node_pressure_memory_stalled_seconds_total: {
    kind: 'counter',
    unit: 'seconds',
    help: 'Total time in seconds no process could make progress due to memory congestion.',
  },
  node_pressure_irq_stalled_seconds_total: {
    kind: 'counter',
    unit: 'seconds',
    help: 'Total time in seconds no process could make progress due to IRQ congestion.',
  },
});
