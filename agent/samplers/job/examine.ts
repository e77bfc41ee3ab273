import type { Finding } from '../../finding.ts';
import { grant } from '../../grant.ts';
import type { Host } from '../../host.ts';
import { findJobs } from './find-jobs.ts';
import { examineJobGpus } from './gpus/examine.ts';
import { findHierarchies } from './hierarchies.ts';
import type { Layout } from './layout.ts';
import { layouts } from './layouts.ts';

/** Whether something of the scheduler is installed on the node. */
export function isInstalled(host: Host, { signs }: Layout): boolean {
  // A look at the parent costs no right to read the sign itself, which may be the scheduler's alone.
  return signs.some((sign) => host.list(sign.slice(0, sign.lastIndexOf('/'))).includes(sign.slice(sign.lastIndexOf('/') + 1)));
}

/** What stands between the node's schedulers and the metrics of their jobs. */
export function examineJobs(host: Host): readonly Finding[] {
  const hierarchies = findHierarchies(host);
  const version = hierarchies.map(({ controllers }) => controllers.join(',')).join(' ');
  if (hierarchies.length === 0)
    return [{ source: 'cgroups', found: false, why: `no cgroup file system among the mounts of ${host.path('/proc/mounts')}` }];
  const findings: Finding[] = [{ source: 'cgroups', found: true, why: version === 'unified' ? 'version 2' : `version 1: ${version}` }];
  for (const layout of layouts) {
    const { jobs } = findJobs(host, hierarchies, [layout]);
    const source = `${layout.title} jobs`;
    if (jobs.length > 0) findings.push({ source, found: true, why: `${jobs.length} on the node now` });
    else if (isInstalled(host, layout))
      findings.push({ source, found: false, why: 'installed, and no job has a cgroup now: none runs, or they get none', fix: layout.fix });
  }
  if (findings.length === 1) {
    const known = layouts.map(({ title }) => title).join(', ');
    return [...findings, { source: 'jobs', found: false, why: `nothing of ${known} is on this node` }];
  }
  if (jobsNeedRights(host))
    findings.push({
      source: 'processes of jobs',
      found: false,
      why: "the I/O of other users' processes may not be read, only what their cgroups tell",
      fix: grant('CAP_SYS_PTRACE CAP_DAC_READ_SEARCH'),
    });
  return [...findings, ...examineJobGpus(host)];
}

// The first process is root's, as those of jobs are other users'.
function jobsNeedRights(host: Host): boolean {
  return host.text('/proc/1/stat') !== undefined && host.text('/proc/1/io') === undefined;
}
