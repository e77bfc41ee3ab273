import type { MetricSpec } from '../../contract/metric.ts';

const labels = ['job_id', 'user', 'scheduler'] as const;

const counter = (what: string) =>
  ({
    kind: 'counter',
    unit: 'count',
    help: `${what} of the job's processes since the agent found it, as the CPUs counted.`,
    labels,
  }) as const satisfies MetricSpec;

/** What perf counts for a job, where it is asked to; what a machine does not count is absent. */
export const perfSpecs = {
  job_instructions_total: counter('Instructions'),
  job_cycles_total: counter('CPU cycles'),
  job_reference_cycles_total: counter('CPU cycles at the nominal frequency'),
  job_bus_cycles_total: counter('Bus cycles'),
  job_stalled_frontend_cycles_total: counter('Cycles without an instruction to issue'),
  job_stalled_backend_cycles_total: counter('Cycles without a result to retire'),
  job_cache_references_total: counter('Accesses to the last cache'),
  job_cache_misses_total: counter('Accesses that the last cache could not answer'),
  job_branches_total: counter('Branches'),
  job_branch_misses_total: counter('Branches that were predicted wrong'),
  job_l1d_reads_total: counter('Reads of the first data cache'),
  job_l1d_read_misses_total: counter('Reads that the first data cache could not answer'),
  job_l1i_read_misses_total: counter('Reads that the first instruction cache could not answer'),
  job_llc_reads_total: counter('Reads of the last cache'),
  job_llc_read_misses_total: counter('Reads that the last cache could not answer'),
  job_dtlb_read_misses_total: counter('Reads whose address the data TLB did not have'),
  job_itlb_read_misses_total: counter('Reads whose address the instruction TLB did not have'),
  job_node_reads_total: counter('Reads of memory'),
  job_node_read_misses_total: counter('Reads of memory of another NUMA node'),
  job_cpu_migrations_total: counter('Moves to another CPU'),
  job_alignment_faults_total: counter('Alignment faults'),
  job_emulation_faults_total: counter('Instructions that the kernel had to emulate'),
} as const;
