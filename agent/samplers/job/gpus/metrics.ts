import { defineMetrics } from '../../../contract/metric.ts';

const given = ['job_id', 'user', 'scheduler', 'gpu', 'uuid'] as const;

/** Which GPUs jobs were given and what they do with them. */
export const jobGpuMetrics = defineMetrics('job_gpu', {
  job_gpu_allocated: {
    kind: 'gauge',
    unit: 'count',
    help: 'A GPU that the job was given, whether it uses it or not; always 1.',
    labels: given,
  },
  job_gpu_processes: { kind: 'gauge', unit: 'count', help: 'Processes of the job that have a context on the GPU.', labels: given },
  job_gpu_memory_used_bytes: {
    kind: 'gauge',
    unit: 'bytes',
    help: 'Device memory that processes of the job use.',
    labels: given,
  },
});

/** What jobs leave of a GPU. */
export const gpuJobMetrics = defineMetrics('gpu', {
  gpu_jobs: {
    kind: 'gauge',
    unit: 'count',
    help: 'Jobs that were given the GPU, or a part of it; 0 where it is free, absent where that cannot be known.',
    labels: ['gpu', 'uuid'],
  },
  gpu_orphan_processes: {
    kind: 'gauge',
    unit: 'count',
    help: 'Processes that have a context on the GPU and belong to no job.',
    labels: ['gpu', 'uuid'],
  },
});
