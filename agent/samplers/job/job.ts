/** A scheduler, or what places work on a node in its stead; the value of the label `scheduler`. */
export type Scheduler = 'slurm' | 'oar' | 'pbs' | 'kubernetes';

/** A directory of a cgroup hierarchy. */
export interface JobCgroup {
  /** A controller of cgroup v1 (`memory`, `devices`, …; `name=systemd` for a named hierarchy), or `unified` of v2. */
  readonly controller: string;
  /** Path on the machine, mount point included, to be read through the host: `/sys/fs/cgroup/memory/slurm/uid_0/job_1`. */
  readonly path: string;
}

/** What carries a scheduler's job on this node, from the look that finds it until its cgroups are removed. The same object all the time. */
export interface Job {
  readonly scheduler: Scheduler;
  /** As the scheduler writes it: `123`, `123_4`, `123.server`; of Kubernetes the pod's uid. */
  readonly id: string;
  /** Name of the user, or the uid in digits where the node has no name for it; empty where there is none (pods). */
  readonly user: string;
  /** One a controller that the job has a directory of; a controller at most once. May grow while the job is young. */
  readonly cgroups: readonly JobCgroup[];
  /** Processes in its cgroups, those of steps and containers below included, as of the last look at them (10 s at most); ascending, each once. */
  pids(): readonly number[];
}
