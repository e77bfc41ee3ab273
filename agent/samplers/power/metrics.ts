import { defineMetrics } from '../../contract/metric.ts';

/** What a node draws, by the one source it was taken of, and what its parts draw where that is told. */
export const metrics = defineMetrics('power', {
  power_node_watts: {
    kind: 'gauge',
    unit: 'watts',
    help: 'Power that the whole node draws, by the one source in use; estimate is CPUs, memory and GPUs only, without fans, disks and losses.',
    labels: ['source'],
  },
  power_node_joules_total: {
    kind: 'counter',
    unit: 'joules',
    help: "Energy that the node drew, by the source in use: the source's own counter, or its watts summed up since the agent took it.",
    labels: ['source'],
  },
  power_component_watts: {
    kind: 'gauge',
    unit: 'watts',
    help: 'Power that a part of the node draws (package0, dram0; cpu, memory, accel0; module0): parts may contain others, like a module its CPU.',
    labels: ['component'],
  },
  power_component_joules_total: {
    kind: 'counter',
    unit: 'joules',
    help: 'Energy that a part of the node drew, where its source counts it.',
    labels: ['component'],
  },
});
