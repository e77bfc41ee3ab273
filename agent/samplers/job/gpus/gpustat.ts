import type { Host } from '../../../host.ts';
import type { GivenGpu, GivenSource } from './given-gpu.ts';

/** A job as a prolog has noted it. */
export interface NotedJob {
  readonly id: string;
  readonly uid: string;
  readonly gpus: readonly GivenGpu[];
}

/** The files that a prolog leaves, as of the last `look`. */
export interface Gpustat extends GivenSource {
  /** Whether the folder is there. */
  readonly present: boolean;
  readonly jobs: readonly NotedJob[];
  look(): void;
}

/** Where prologs of Princeton's jobstats, and ours in deploy/slurm, write them. */
export const GPUSTAT = '/run/gpustat';

/** Files named for a GPU (UUID, index, or UUID of a MIG instance) that hold `JOBID UID`: a Slurm prolog writes them, the epilog removes them. */
export function openGpustat(host: Host): Gpustat {
  let jobs: readonly NotedJob[] = [];
  return {
    get present() {
      return host.list('/run').includes('gpustat');
    },
    get jobs() {
      return jobs;
    },
    look() {
      const noted = new Map<string, { id: string; uid: string; gpus: GivenGpu[] }>();
      for (const name of host.list(GPUSTAT)) {
        // A prolog writes a file under a hidden name first.
        if (name.startsWith('.')) continue;
        const [, id, uid = ''] = /^(\S+)(?:\s+(\d+))?/.exec(host.text(`${GPUSTAT}/${name}`) ?? '') ?? [];
        if (id === undefined) continue;
        const job = noted.get(id) ?? { id, uid, gpus: [] };
        job.gpus.push({ by: /^\d+(:\d+)?$/.test(name) ? 'index' : 'uuid', name });
        noted.set(id, job);
      }
      jobs = [...noted.values()];
    },
    of: (job) => (job.scheduler === 'slurm' ? jobs.find(({ id }) => id === job.id)?.gpus : undefined),
  };
}
