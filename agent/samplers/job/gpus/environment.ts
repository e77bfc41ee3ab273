import type { Environ, Variables } from '../environ.ts';
import type { Job, Scheduler } from '../job.ts';
import { numbersIn, uuidsIn } from './given-gpu.ts';
import type { GivenGpu, GivenSource } from './given-gpu.ts';

// The first processes of a job are the scheduler's own and the script, which have what it set; a job may have thousands.
const LOOKED_AT = 8;

/**
 * What the environment of a job's first processes says. The last source: users can change it, and reading it takes the agent the
 * capabilities SYS_PTRACE and DAC_READ_SEARCH where it is not root.
 */
export function openEnvironment(environ: Environ): GivenSource {
  return {
    of(job) {
      const said = reader[job.scheduler];
      const given: GivenGpu[] = [];
      let known = false;
      for (const variables of environmentsOf(environ, job)) {
        const gpus = said?.(variables);
        if (gpus === undefined) continue;
        known = true;
        for (const gpu of gpus) if (!given.some(({ by, name }) => by === gpu.by && name === gpu.name)) given.push(gpu);
      }
      return known ? given : undefined;
    },
  };
}

function environmentsOf(environ: Environ, job: Job): readonly Variables[] {
  return job
    .pids()
    .slice(0, LOOKED_AT)
    .flatMap((pid) => environ.of(pid) ?? []);
}

const reader: Readonly<Partial<Record<Scheduler, (variables: Variables) => readonly GivenGpu[] | undefined>>> = {
  slurm: ofSlurm,
  pbs: ofPbs,
  kubernetes: ofPod,
};

function ofSlurm(variables: Variables): readonly GivenGpu[] | undefined {
  if (!variables.has('SLURM_JOB_ID')) return undefined;
  // A MIG instance has a number of its own in SLURM_JOB_GPUS that is no device's; its UUID is certain.
  const visible = variables.get('CUDA_VISIBLE_DEVICES') ?? '';
  if (visible.startsWith('MIG-')) return uuidsIn(visible);
  // Tasks on the other nodes of a job inherit SLURM_JOB_GPUS from its first; SLURM_STEP_GPUS is each node's own.
  const elsewhere = Number(variables.get('SLURM_JOB_NUM_NODES') ?? '1') > 1 && variables.has('SLURM_STEP_ID');
  const list = (elsewhere ? undefined : variables.get('SLURM_JOB_GPUS')) ?? variables.get('SLURM_STEP_GPUS');
  // Both number device files (dev_num of Slurm's gres.c), whatever the job's device cgroup lets it see.
  if (list !== undefined && list !== '') return numbersIn(list)?.map((name) => ({ by: 'minor', name }));
  // CUDA_VISIBLE_DEVICES counts from 0 inside of a device cgroup: alone it says that there are GPUs, not which.
  if (visible !== '') return uuidsIn(visible);
  return elsewhere || variables.has('SLURM_GPUS_ON_NODE') ? undefined : [];
}

function ofPbs(variables: Variables): readonly GivenGpu[] | undefined {
  if (!variables.has('PBS_JOBID')) return undefined;
  const visible = variables.get('CUDA_VISIBLE_DEVICES') ?? '';
  if (visible === '') return [];
  return uuidsIn(visible) ?? numbersIn(visible)?.map((name) => ({ by: 'index', name }));
}

function ofPod(variables: Variables): readonly GivenGpu[] | undefined {
  const visible = variables.get('NVIDIA_VISIBLE_DEVICES');
  // Images of CUDA come with `all`, whatever the pod was given.
  if (visible === undefined || visible === 'all') return undefined;
  if (visible === '' || visible === 'void' || visible === 'none') return [];
  return uuidsIn(visible) ?? numbersIn(visible)?.map((name) => ({ by: 'index', name }));
}
