import type { Host } from '../../host.ts';
import type { Hierarchy } from './hierarchies.ts';
import type { JobCgroup } from './job.ts';
import type { Layout, PathName, Step } from './layout.ts';

/** A directory that is a job's. */
export interface FoundJob {
  /** Tells jobs apart: scheduler and what the path names the job. */
  readonly key: string;
  readonly layout: Layout;
  readonly name: PathName;
  /** Below the mount point, which is the same in every hierarchy: `/slurm/uid_0/job_1`. */
  readonly path: string;
}

/** What a look found. */
export interface Found {
  readonly jobs: readonly FoundJob[];
  /** Directories that were listed below the mount points: where jobs, and directories of jobs, come and go. */
  readonly listed: readonly string[];
}

/**
 * Looks for the jobs of every layout. The directories of a scheduler are the same in all hierarchies, so that each of its own at the root
 * is searched only in the first hierarchy where it has jobs.
 */
export function findJobs(host: Host, hierarchies: readonly Hierarchy[], layouts: readonly Layout[]): Found {
  const listings = new Map<string, readonly string[]>();
  const list = (path: string): readonly string[] => {
    const known = listings.get(path);
    if (known !== undefined) return known;
    const names = host.list(path);
    listings.set(path, names);
    return names;
  };
  const jobs = layouts.flatMap((layout) => {
    const found: FoundJob[] = [];
    const seen = new Set<string>();
    for (const { at } of hierarchies) {
      const here = layout.trails.flatMap((trail) =>
        follow((path) => (path === at ? list(at).filter((name) => !seen.has(name)) : list(path)), at, '', trail, {}),
      );
      for (const { path } of here) seen.add(path.split('/')[1] ?? '');
      found.push(...here.map((end) => jobAt(layout, end)));
    }
    return found;
  });
  const roots = new Set(hierarchies.map(({ at }) => at));
  const listed = [...listings].filter(([path, names]) => names.length > 0 && !roots.has(path)).map(([path]) => path);
  return { jobs, listed };
}

interface TrailEnd {
  readonly path: string;
  readonly groups: Readonly<Record<string, string | undefined>>;
}

function follow(
  list: (path: string) => readonly string[],
  at: string,
  path: string,
  [step, ...rest]: readonly Step[],
  groups: TrailEnd['groups'],
): readonly TrailEnd[] {
  if (step === undefined) return [{ path, groups }];
  if (typeof step === 'string') {
    // The root is listed for the patterns anyway, and most nodes have few of the first directories.
    return path === '' && !list(at).includes(step) ? [] : follow(list, at, `${path}/${step}`, rest, groups);
  }
  return list(at + path).flatMap((name) => {
    const match = step.exec(name);
    return match === null ? [] : follow(list, at, `${path}/${name}`, rest, { ...groups, ...match.groups });
  });
}

function jobAt(layout: Layout, { path, groups }: TrailEnd): FoundJob {
  const name = layout.name(groups);
  return { key: `${layout.scheduler} ${name.id}`, layout, name, path };
}

/** The directories that a job has in the hierarchies, a controller each; none where the path is no cgroup's. */
export function cgroupsOf(host: Host, hierarchies: readonly Hierarchy[], path: string): readonly JobCgroup[] {
  return hierarchies.flatMap(({ at, controllers }) => {
    if (!host.list(at + path).includes('cgroup.procs')) return [];
    return controllers.map((controller) => ({ controller, path: at + path }));
  });
}
