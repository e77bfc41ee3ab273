import { defineMetrics } from './contract/metric.ts';

/** What the agent reports of its own running. */
export const runtimeMetrics = defineMetrics('vigie_agent', {
  vigie_agent_period_seconds: { kind: 'gauge', unit: 'seconds', help: 'Time between two rounds of the agent at present.' },
  vigie_agent_push_seconds: { kind: 'gauge', unit: 'seconds', help: 'How long rounds are collected before they leave as a batch.' },
  vigie_agent_slowdown: {
    kind: 'gauge',
    unit: 'count',
    help: 'By how much the periods are stretched to keep to the CPU budget; 1 is not at all.',
  },
  vigie_agent_budget_cpu_ratio: { kind: 'gauge', unit: 'ratio', help: 'Share of one core that the agent and its child processes may use.' },
  vigie_agent_budget_memory_bytes: {
    kind: 'gauge',
    unit: 'bytes',
    help: 'Resident memory that the agent and its child processes may take.',
  },
  vigie_agent_over_budget: {
    kind: 'gauge',
    unit: 'count',
    help: 'Whether the agent and its child processes were over their budget of cpu or memory in the last minute.',
    labels: ['resource'],
  },
  vigie_agent_overruns_total: {
    kind: 'counter',
    unit: 'count',
    help: 'Rounds left out because the one before took too long or the process was held up.',
  },
  vigie_agent_clock_jumps_total: { kind: 'counter', unit: 'count', help: 'Jumps of the wall clock by more than a period.' },
  vigie_agent_sampler_up: { kind: 'gauge', unit: 'count', help: "Whether the sampler's last reading worked.", labels: ['sampler'] },
  vigie_agent_sampler_seconds_total: { kind: 'counter', unit: 'seconds', help: 'Time the sampler held the agent.', labels: ['sampler'] },
  vigie_agent_sampler_errors_total: { kind: 'counter', unit: 'count', help: 'Readings of the sampler that failed.', labels: ['sampler'] },
  vigie_agent_sampler_skips_total: {
    kind: 'counter',
    unit: 'count',
    help: 'Readings left out because the sampler was still at the one before.',
    labels: ['sampler'],
  },
  vigie_agent_probe_hung: {
    kind: 'gauge',
    unit: 'count',
    help: 'Whether the child process for what may hang waits for an answer, or does not die.',
    labels: ['probe'],
  },
  vigie_agent_spool_bytes: { kind: 'gauge', unit: 'bytes', help: 'Disk that the spool takes.' },
  vigie_agent_spool_batches: { kind: 'gauge', unit: 'count', help: 'Batches that wait to be acknowledged, on disk or in memory.' },
  vigie_agent_spool_corrupt_records_total: { kind: 'counter', unit: 'count', help: 'Records of the spool found damaged and passed over.' },
  vigie_agent_batches_sent_total: { kind: 'counter', unit: 'count', help: 'Batches that a collector acknowledged.' },
  vigie_agent_batches_failed_total: { kind: 'counter', unit: 'count', help: 'Attempts to send a batch that will be made again.' },
  vigie_agent_batches_dropped_total: {
    kind: 'counter',
    unit: 'count',
    help: 'Batches given up: refused by the collector, stored only in part (partial), or pushed out of a full spool or memory.',
    labels: ['reason'],
  },
  vigie_agent_values_sent_total: { kind: 'counter', unit: 'count', help: 'Values in the batches that a collector acknowledged.' },
});
