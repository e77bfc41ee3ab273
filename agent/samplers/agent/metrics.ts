import { defineMetrics } from '../../contract/metric.ts';

/** What the agent costs its node, and which agent it is. */
export const metrics = defineMetrics('vigie_agent', {
  vigie_agent_cpu_seconds_total: { kind: 'counter', unit: 'seconds', help: 'CPU time the agent has used, in user and kernel mode.' },
  vigie_agent_resident_memory_bytes: { kind: 'gauge', unit: 'bytes', help: 'Resident memory of the agent.' },
  vigie_agent_private_memory_bytes: {
    kind: 'gauge',
    unit: 'bytes',
    help: 'Resident anonymous memory of the agent, which nobody shares with it.',
  },
  vigie_agent_children_cpu_seconds_total: {
    kind: 'counter',
    unit: 'seconds',
    help: "CPU time that the agent's child processes have used, those that have ended and those that the children started included.",
  },
  vigie_agent_children_resident_memory_bytes: {
    kind: 'gauge',
    unit: 'bytes',
    help: "Resident memory of the agent's child processes, without pages of files, which they share with the agent.",
  },
  vigie_agent_start_time_seconds: { kind: 'gauge', unit: 'seconds', help: 'When the agent started, in unixtime.' },
  vigie_agent_info: { kind: 'gauge', unit: 'info', help: 'Version of the agent and of Node.js.', labels: ['version', 'node'] },
});
