import { Unavailable } from '../../contract/errors.ts';
import { count, flag, list } from '../../contract/fields.ts';
import type { Host } from '../../host.ts';
import { examinePerf } from '../../probe/perf.ts';
import { defineSampler } from '../../sampler.ts';
import { openEnviron } from './environ.ts';
import { examineJobs, isInstalled } from './examine.ts';
import { findJobs } from './find-jobs.ts';
import { openJobGpus } from './gpus/job-gpus.ts';
import { findHierarchies } from './hierarchies.ts';
import type { Hierarchy } from './hierarchies.ts';
import { openStacked } from './io-stat.ts';
import { openJobList } from './job-list.ts';
import { layouts } from './layouts.ts';
import { metrics } from './metrics.ts';
import { openJobPerf, perfEventFault, USUAL_EVENTS } from './perf.ts';
import { openUsers } from './users.ts';

// Each has four files open.
const PROCESSES_READ = 1024;

export default defineSampler({
  name: 'job',
  summary: 'What jobs of Slurm, OAR and PBS and pods of Kubernetes use, from their cgroups and processes.',
  metrics,
  options: {
    max_jobs: count(512, 'Jobs that are tracked at once; those beyond are counted in job_untracked.', { min: 1 }),
    perf: flag(false, 'Also counts what the CPUs do for each job; needs CAP_PERFMON, and a descriptor for each job, CPU and event.'),
    perf_events: list(USUAL_EVENTS, 'What is counted; METRICS.md has them all, as job_NAME_total.', perfEventFault),
  },
  open(context) {
    const { host, series, options, period } = context;
    const hierarchies = findHierarchies(host);
    if (hierarchies.length === 0) throw new Unavailable(`no cgroup file system is mounted, says ${host.path('/proc/mounts')}`);
    if (!hasScheduler(host, hierarchies)) throw new Unavailable('no job, and no scheduler of jobs, is on this node');
    const perf = options.perf ? openJobPerf(context, options.perf_events) : undefined;
    const environ = openEnviron(host);
    const surroundings = {
      host,
      series,
      hierarchies,
      period,
      users: openUsers(host),
      environ,
      isStacked: openStacked(host),
      room: { left: PROCESSES_READ },
      bootTime: bootTimeOf(host),
      perf,
    };
    const list = openJobList(surroundings, options.max_jobs);
    const gpus = openJobGpus(context, environ);
    const untracked = series(metrics.job_untracked);
    return {
      sample() {
        const now = host.now();
        list.round(now);
        for (const job of list.jobs) job.report();
        for (const job of list.ended) job.reportLast(now);
        list.reported();
        untracked.set(list.untracked);
        perf?.report();
        gpus.update(
          list.jobs.flatMap(({ job }) => job ?? []),
          now,
        );
      },
      close() {
        list.close();
        perf?.close();
        gpus.close();
      },
    };
  },
  examine: (host, { perf }) => [...examineJobs(host), ...(perf ? [examinePerf(host)] : [])],
});

function hasScheduler(host: Host, hierarchies: readonly Hierarchy[]): boolean {
  return layouts.some((layout) => isInstalled(host, layout)) || findJobs(host, hierarchies, layouts).jobs.length > 0;
}

function bootTimeOf(host: Host): number {
  return Number(/^btime (\d+)$/m.exec(host.text('/proc/stat') ?? '')?.[1] ?? Number.NaN);
}
