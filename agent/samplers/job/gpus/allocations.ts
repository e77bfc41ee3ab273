import type { Host } from '../../../host.ts';
import type { Environ } from '../environ.ts';
import type { Job } from '../job.ts';
import { openUsers } from '../users.ts';
import { openDeviceCgroup } from './device-cgroup.ts';
import { openEnvironment } from './environment.ts';
import type { GivenGpu } from './given-gpu.ts';
import { openGpustat } from './gpustat.ts';
import { openOarFiles } from './oar-files.ts';

/** Labels of a job. */
export type JobLabels = Readonly<Record<'job_id' | 'user' | 'scheduler', string>>;

/** A job and the GPUs it was given. */
export interface Allocation {
  readonly labels: JobLabels;
  /** Undefined where no source on the node can tell. */
  readonly gpus: readonly GivenGpu[] | undefined;
}

/** Which GPUs the jobs on the node were given. */
export interface Allocations {
  /** Of these jobs, and of those that only a prolog has noted: they may have no process yet. */
  of(jobs: readonly Job[], now: number): readonly Allocation[];
  /** Whether the node has, or has had, a source that tells of jobs. */
  readonly informed: boolean;
}

const LOOK_EVERY_MS = 5_000;
// A job that no source knew after a minute will hardly become known.
const YOUNG_FOR_MS = 60_000;
const ASK_OLD_EVERY_MS = 60_000;

interface Asked {
  readonly labels: JobLabels;
  readonly since: number;
  askAgainAt: number;
  gpus: readonly GivenGpu[] | undefined;
}

/** Asks the resource manager's own files first, the environment of processes last; the first that answers is believed. */
export function openAllocations(host: Host, environ: Environ): Allocations {
  const oar = openOarFiles(host);
  const gpustat = openGpustat(host);
  const others = [openDeviceCgroup(host), openEnvironment(environ)];
  const users = openUsers(host);
  let asked = new Map<Job, Asked>();
  let noted: readonly Allocation[] = [];
  let lookedAt = Number.NEGATIVE_INFINITY;
  let environsRead = 0;
  let answered = false;
  let present = false;

  const look = (jobs: readonly Job[], now: number): void => {
    lookedAt = now;
    environsRead = environ.read;
    gpustat.look();
    present = oar.present || gpustat.present;
    asked = new Map(jobs.map((job) => [job, asked.get(job) ?? newlyAsked(job, now)]));
    for (const [job, known] of asked) {
      if (known.gpus === undefined && gpustat.of(job) === undefined && now >= known.askAgainAt) {
        for (const source of [oar, ...others]) if ((known.gpus = source.of(job)) !== undefined) break;
        known.askAgainAt = now + (now - known.since < YOUNG_FOR_MS ? 0 : ASK_OLD_EVERY_MS);
      }
      answered ||= known.gpus !== undefined;
    }
    const seen = new Set(jobs.filter(({ scheduler }) => scheduler === 'slurm').map(({ id }) => id));
    noted = gpustat.jobs
      .filter(({ id }) => !seen.has(id))
      .map(({ id, uid, gpus }) => ({ labels: { job_id: id, user: users.name(uid), scheduler: 'slurm' }, gpus }));
  };

  return {
    of(jobs, now) {
      const due = Math.abs(now - lookedAt) >= LOOK_EVERY_MS || environ.read !== environsRead;
      if (due || jobs.length !== asked.size || jobs.some((job) => !asked.has(job))) look(jobs, now);
      const known = [...asked].map(([job, { labels, gpus }]) => ({ labels, gpus: gpustat.of(job) ?? gpus }));
      return noted.length === 0 ? known : [...known, ...noted];
    },
    get informed() {
      return answered || present;
    },
  };
}

function newlyAsked({ id, user, scheduler }: Job, now: number): Asked {
  return { labels: { job_id: id, user, scheduler }, since: now, askAgainAt: now, gpus: undefined };
}
