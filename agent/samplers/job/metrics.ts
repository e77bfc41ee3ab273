import { defineMetrics } from '../../contract/metric.ts';
import { gpuJobMetrics, jobGpuMetrics } from './gpus/metrics.ts';
import { perfSpecs } from './perf-specs.ts';

/** What every series of a job carries. */
export const jobLabels = ['job_id', 'user', 'scheduler'] as const;

const gauge = (unit: 'bytes' | 'count' | 'seconds', help: string) => ({ kind: 'gauge', unit, help, labels: jobLabels }) as const;
const counter = (unit: 'bytes' | 'count' | 'seconds', help: string) => ({ kind: 'counter', unit, help, labels: jobLabels }) as const;

/** What a job does on this node: CPU, memory, I/O, waiting; of its cgroups, or of its processes where no cgroup tells. */
export const jobMetrics = defineMetrics('job', {
  job_start_time_seconds: gauge('seconds', 'When the oldest process that was seen of the job began, since the epoch.'),
  job_end_time_seconds: gauge('seconds', 'When the job was found to have left the node, since the epoch; its last values stand beside it.'),
  job_untracked: { kind: 'gauge', unit: 'count', help: 'Jobs on the node beyond those that may be tracked at once.' },

  job_cpus: gauge('count', 'CPUs that the job may use: of its cpuset, or less where a quota allows less.'),
  job_cpu_seconds_total: counter(
    'seconds',
    'CPU time of the job; its last value has what it used to its end, where the directory above can tell that of others.',
  ),
  job_cpu_user_seconds_total: counter('seconds', 'CPU time of the job in its own code, until it was read last.'),
  job_cpu_system_seconds_total: counter('seconds', 'CPU time of the job in the kernel, until it was read last.'),
  job_cpu_periods_total: counter('count', 'Periods in which a quota on CPU time held for the job.'),
  job_cpu_throttled_periods_total: counter('count', 'Periods in which the job used its quota up and was stopped.'),
  job_cpu_throttled_seconds_total: counter('seconds', 'Time that the job was stopped for its quota on CPU time.'),

  job_memory_current_bytes: gauge('bytes', 'Memory as the limit counts it, page cache and kernel memory included.'),
  job_memory_used_bytes: gauge('bytes', 'Memory that the job cannot do without: anonymous and shared, no page cache.'),
  job_memory_cache_bytes: gauge('bytes', 'Page cache of files that the job has read or written.'),
  job_memory_swap_bytes: gauge('bytes', 'Memory of the job that is swapped out.'),
  job_memory_limit_bytes: gauge('bytes', 'Memory that the job may have at most; absent where it may have all.'),
  job_memory_max_bytes: gauge(
    'bytes',
    'Most memory that the job has had: as the kernel noted it, or as the agent saw it where it does not.',
  ),
  job_memory_resident_bytes: gauge('bytes', "Resident memory of the job's processes together; what they share is counted for each."),
  job_memory_shared_bytes: gauge('bytes', "Resident shared memory of the job's processes together; counted for each that has it."),
  job_memory_virtual_bytes: gauge('bytes', "Address space of the job's processes together."),
  job_oom_kills_total: counter('count', 'Processes of the job that were killed because memory ran out.'),
  job_page_faults_total: {
    kind: 'counter',
    unit: 'count',
    help: 'Page faults, by kind: minor, or major, which waited for a disk.',
    labels: [...jobLabels, 'kind'],
  },

  job_io_read_bytes_total: counter('bytes', 'Bytes that the job had read from disks.'),
  job_io_write_bytes_total: counter('bytes', 'Bytes that the job had written to disks.'),
  job_io_reads_total: counter('count', 'Requests of the job that read from disks.'),
  job_io_writes_total: counter('count', 'Requests of the job that wrote to disks.'),
  job_io_cancelled_write_bytes_total: counter('bytes', 'Bytes that the job wrote and removed again before they reached a disk.'),
  job_io_read_char_bytes_total: counter('bytes', 'Bytes that the job read with system calls, from wherever.'),
  job_io_write_char_bytes_total: counter('bytes', 'Bytes that the job wrote with system calls, to wherever.'),
  job_io_read_calls_total: counter('count', 'System calls of the job that read.'),
  job_io_write_calls_total: counter('count', 'System calls of the job that wrote.'),

  job_processes: gauge('count', 'Processes of the job on this node.'),
  job_threads: gauge('count', 'Threads of the job on this node.'),
  job_context_switches_total: {
    kind: 'counter',
    unit: 'count',
    help: 'Times that a thread of the job left a CPU: voluntary, to wait, or involuntary, for another.',
    labels: [...jobLabels, 'kind'],
  },
  job_delay_seconds_total: {
    kind: 'counter',
    unit: 'seconds',
    help: 'Time that threads of the job waited, added up: cpu, for a free CPU, or block_io, for disks and swap.',
    labels: [...jobLabels, 'kind'],
  },
  job_pressure_seconds_total: {
    kind: 'counter',
    unit: 'seconds',
    help: 'Time in which some or all (full) of the job waited for cpu, memory or io.',
    labels: [...jobLabels, 'resource', 'kind'],
  },

  ...perfSpecs,
});

/** What is said of jobs, and of the GPUs that they were given. */
export const metrics = { ...jobMetrics, ...jobGpuMetrics, ...gpuJobMetrics };
