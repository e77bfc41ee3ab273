import type { Host } from '../../host.ts';

/** A mounted tree of cgroups. */
export interface Hierarchy {
  /** What it controls: controllers of v1, several where they are mounted together, or `unified` alone for v2. */
  readonly controllers: readonly string[];
  /** Mount point on the machine. */
  readonly at: string;
}

// Documentation/admin-guide/cgroup-v1/ names one each; what else stands among the options is a mount's.
const CONTROLLERS = /^(cpu|cpuacct|cpuset|memory|blkio|devices|freezer|pids|net_cls|net_prio|perf_event|hugetlb|rdma|misc|name=[\w.@-]+)$/;

// Where jobs are looked for first: every scheduler has its processes there.
const ORDER = ['unified', 'freezer', 'cpuset', 'memory', 'cpuacct', 'pids', 'devices', 'cpu', 'name=systemd'];

/** The mounted hierarchies of a /proc/mounts text, each controller where it is mounted first, those that know all processes at the front. */
export function hierarchiesOf(mounts: string): readonly Hierarchy[] {
  const found: Hierarchy[] = [];
  for (const line of mounts.split('\n')) {
    const [, at, fstype, options] = line.split(' ');
    if (at === undefined || fstype === undefined || options === undefined) continue;
    add(found, controllersOf(fstype, options), unescape(at));
  }
  return found.sort((one, other) => rank(one) - rank(other));
}

/** The hierarchies of the node, and those that OAR 2 links to where the mounts do not tell. */
export function findHierarchies(host: Host): readonly Hierarchy[] {
  // In a container the first process' mounts are the node's, its own are not.
  const mounted = ['/proc/1/mounts', '/proc/mounts'].map((path) => hierarchiesOf(host.text(path) ?? ''));
  const found = [...(mounted.find(({ length }) => length > 0) ?? [])];
  for (const name of host.list(OAR_LINKS)) add(found, CONTROLLERS.test(name) ? [name] : [], `${OAR_LINKS}/${name}`);
  if (host.list('/dev/cpuset/oar').length > 0) add(found, ['cpuset'], '/dev/cpuset');
  return found;
}

// job_resource_manager_cgroups.pl of OAR 2 makes them, whatever the distribution has mounted where.
const OAR_LINKS = '/dev/oar_cgroups_links';

function add(found: Hierarchy[], controllers: readonly string[], at: string): void {
  const taken = new Set(found.flatMap((hierarchy) => hierarchy.controllers));
  const fresh = controllers.filter((controller) => !taken.has(controller));
  if (fresh.length > 0) found.push({ controllers: fresh, at: at === '/' ? '' : at });
}

function controllersOf(fstype: string, options: string): readonly string[] {
  if (fstype === 'cgroup2') return ['unified'];
  // The file system that cpusets had of their own before cgroups, which OAR still mounts on old nodes.
  if (fstype === 'cpuset') return ['cpuset'];
  return fstype === 'cgroup' ? options.split(',').filter((option) => CONTROLLERS.test(option)) : [];
}

function rank({ controllers }: Hierarchy): number {
  const places = controllers.map((controller) => ORDER.indexOf(controller)).filter((place) => place >= 0);
  return places.length === 0 ? ORDER.length : Math.min(...places);
}

// The kernel writes blank, tab, newline, backslash and number sign in octal (fs/proc_namespace.c).
function unescape(text: string): string {
  return text.replace(/\\([0-7]{3})/g, (_, octal: string) => String.fromCharCode(Number.parseInt(octal, 8)));
}
