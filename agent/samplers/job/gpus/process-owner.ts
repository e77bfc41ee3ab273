import type { Host } from '../../../host.ts';
import type { Job } from '../job.ts';

/** Whose a process is: a job's; nobody's; too new to say; or not to be seen (it ended, or is of another pid namespace). */
export type Owner = Job | 'nobody' | 'new' | 'unseen';

/** Says whose processes are, and remembers it as long as they live. */
export interface ProcessOwners {
  /** Begins a round with these jobs. */
  begin(jobs: readonly Job[], now: number): void;
  of(pid: number): Owner;
  /** Ends the round: what was not asked for in it is forgotten. */
  end(): void;
}

// A job's process can stand on a GPU before the job has been looked for.
const NEW_FOR_MS = 10_000;

interface Known {
  readonly start: string;
  readonly since: number;
  owner: Job | undefined;
  asked: boolean;
}

/** Finds owners by the cgroup of a process, read once for each (pid, start time). */
export function openProcessOwners(host: Host): ProcessOwners {
  const known = new Map<number, Known>();
  let jobs: ReadonlySet<Job> = new Set();
  let now = 0;
  const processOf = (pid: number): Known | undefined => {
    const start = startOf(host.text(`/proc/${pid}/stat`));
    if (start === undefined) return undefined;
    let process = known.get(pid);
    if (process?.start !== start) known.set(pid, (process = { start, since: now, owner: undefined, asked: true }));
    return process;
  };
  return {
    begin(standing, at) {
      jobs = new Set(standing);
      now = at;
    },
    of(pid) {
      const process = processOf(pid);
      if (process === undefined) return 'unseen';
      process.asked = true;
      if (process.owner === undefined || !jobs.has(process.owner)) process.owner = ownerIn(host.text(`/proc/${pid}/cgroup`) ?? '', jobs);
      return process.owner ?? (Math.abs(now - process.since) < NEW_FOR_MS ? 'new' : 'nobody');
    },
    end() {
      for (const [pid, process] of known) {
        if (!process.asked) known.delete(pid);
        process.asked = false;
      }
    },
  };
}

// Field 22 of /proc/PID/stat (proc(5)); the second, the name, may hold blanks and brackets.
function startOf(stat: string | undefined): string | undefined {
  return stat?.slice(stat.lastIndexOf(')') + 2).split(' ', 20)[19];
}

function ownerIn(text: string, jobs: Iterable<Job>): Job | undefined {
  const places = text.split('\n').map(placeOf);
  for (const job of jobs) {
    for (const { controller, path } of job.cgroups) {
      const place = places.find(({ controllers }) => controllers.includes(controller));
      if (place !== undefined && place.within.some((folder) => path.endsWith(folder))) return job;
    }
  }
  return undefined;
}

// `4:memory:/slurm/uid_0/job_1/step_0`, `0::/system.slice/…` (cgroups(7)). The cgroup's file system may be mounted anywhere, and seen
// from another namespace the path begins with `/..`; so every folder on the way is compared with the end of a job's.
function placeOf(line: string): { readonly controllers: readonly string[]; readonly within: readonly string[] } {
  const [, controllers = '', path = ''] = /^\d+:([^:]*):(.*)$/.exec(line) ?? [];
  const steps = path.split('/').filter((step) => step !== '' && step !== '..');
  return {
    controllers: controllers === '' ? ['unified'] : controllers.split(','),
    within: steps.map((_, at) => `/${steps.slice(0, at + 1).join('/')}`),
  };
}
