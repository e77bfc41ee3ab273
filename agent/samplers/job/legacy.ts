import { readCount } from '../../cells.ts';
import type { Host } from '../../host.ts';
import type { Cursor } from '../../scan.ts';
import { cgroupSource, limitIn } from './cgroup-source.ts';
import type { CgroupSource } from './cgroup-source.ts';
import { cpusIn, lesser } from './cpu-list.ts';
import { flatFile } from './flat-file.ts';
import { parseBlkio } from './io-stat.ts';
import type { IsStacked } from './io-stat.ts';
import type { JobCgroup } from './job.ts';
import type { JobValues } from './job-values.ts';
import { openSource } from './source-file.ts';
import type { SourceFile } from './source-file.ts';

const NANO = 1e9;
// USER_HZ: 100 on every Linux that Node runs on (proc_pid_stat(5)).
const TICKS = 100;
// No limit is the largest number of whole pages (cgroup-v1/memory.rst); no node has an exbibyte.
const NO_LIMIT = 2 ** 60;
const cpuacctStat = flatFile(['user', 'system']);
const cpuStat = flatFile(['nr_periods', 'nr_throttled', 'throttled_time']);
const memoryStat = flatFile(['total_rss', 'total_cache', 'total_shmem', 'total_swap', 'total_pgfault', 'total_pgmajfault']);
const oomControl = flatFile(['oom_kill']);

/** What the reading of v1 needs to know besides. */
export interface LegacyContext {
  readonly isStacked: IsStacked;
  /** Whether the processes tell what they do to disks. */
  readonly processesTellIo: () => boolean;
}

/** Reads a job's directories of cgroup v1 (Documentation/admin-guide/cgroup-v1), those of the controllers that it has one of. */
export function openLegacy(
  host: Host,
  cgroups: readonly JobCgroup[],
  values: JobValues,
  { isStacked, processesTellIo }: LegacyContext,
): CgroupSource {
  const pathOf = (controller: string, file: string): string | undefined => {
    const path = cgroups.find((cgroup) => cgroup.controller === controller)?.path;
    return path === undefined ? undefined : `${path}/${file}`;
  };
  const open = (controller: string, file: string, size: number, parse: (c: Cursor) => void): SourceFile | undefined => {
    const path = pathOf(controller, file);
    return path === undefined ? undefined : openSource(host, path, size, parse);
  };
  const text = (controller: string, file: string): string | undefined => {
    const path = pathOf(controller, file);
    return path === undefined ? undefined : host.text(path);
  };
  const usage = open('cpuacct', 'cpuacct.usage', 32, (c) => values.of('job_cpu_seconds_total').note(readCount(c) / NANO));
  const charged = open('memory', 'memory.usage_in_bytes', 32, (c) => values.of('job_memory_current_bytes').note(readCount(c)));
  const stat = open('memory', 'memory.stat', 2048, memoryUse(values));
  const io = blkio(open, values, { isStacked, processesTellIo });
  const seldom = [
    open('cpuacct', 'cpuacct.stat', 64, (c) => {
      const { user, system } = cpuacctStat(c);
      values.of('job_cpu_user_seconds_total').note(user / TICKS);
      values.of('job_cpu_system_seconds_total').note(system / TICKS);
    }),
    open('cpu', 'cpu.stat', 128, (c) => {
      const { nr_periods: periods, nr_throttled: throttled, throttled_time: nanoseconds } = cpuStat(c);
      values.of('job_cpu_periods_total').note(periods);
      values.of('job_cpu_throttled_periods_total').note(throttled);
      values.of('job_cpu_throttled_seconds_total').note(nanoseconds / NANO);
    }),
    stat,
    open('memory', 'memory.max_usage_in_bytes', 32, (c) => values.of('job_memory_max_bytes').note(readCount(c))),
    ...io,
  ];
  const tells = { cpu: usage !== undefined, memory: stat !== undefined, io: false, faults: stat !== undefined };
  return cgroupSource({ tells, often: [usage, charged], seldom, readLimits: () => readLimits(text, values) });
}

type Open = (controller: string, file: string, size: number, parse: (c: Cursor) => void) => SourceFile | undefined;

// The recursive files, with what the steps did, came with Linux 4.20.
function blkio(open: Open, values: JobValues, { isStacked, processesTellIo }: LegacyContext): readonly (SourceFile | undefined)[] {
  const either = (file: string, parse: (c: Cursor) => void): SourceFile | undefined =>
    open('blkio', `${file}_recursive`, 512, parse) ?? open('blkio', file, 512, parse);
  return [
    either('blkio.throttle.io_serviced', (c) => {
      const { read, write } = parseBlkio(c, isStacked);
      values.of('job_io_reads_total').note(read);
      values.of('job_io_writes_total').note(write);
    }),
    either('blkio.throttle.io_service_bytes', (c) => {
      // What a page cache is written back with is not counted for the job (cgroup-v1/blkio-controller.rst): the processes know better.
      if (processesTellIo()) return;
      const { read, write } = parseBlkio(c, isStacked);
      values.of('job_io_read_bytes_total').note(read);
      values.of('job_io_write_bytes_total').note(write);
    }),
  ];
}

function memoryUse(values: JobValues): (c: Cursor) => void {
  const [used, cache, swap] = [values.of('job_memory_used_bytes'), values.of('job_memory_cache_bytes'), values.of('job_memory_swap_bytes')];
  const [minor, major] = [values.of('job_page_faults_total', { kind: 'minor' }), values.of('job_page_faults_total', { kind: 'major' })];
  return (c) => {
    const stat = memoryStat(c);
    // Before Linux 4.12 shared memory was not told from other files.
    const shared = Number.isNaN(stat.total_shmem) ? 0 : stat.total_shmem;
    used.note(stat.total_rss + shared);
    cache.note(stat.total_cache - shared);
    swap.note(stat.total_swap);
    minor.note(stat.total_pgfault - stat.total_pgmajfault);
    major.note(stat.total_pgmajfault);
  };
}

function readLimits(text: (controller: string, file: string) => string | undefined, values: JobValues): void {
  const limit = limitIn(text('memory', 'memory.limit_in_bytes'));
  values.of('job_memory_limit_bytes').note(limit < NO_LIMIT ? limit : Number.NaN);
  // A mount of the old cpuset file system has the names without prefix; `effective` is what is left after CPUs were unplugged.
  const files = ['cpuset.effective_cpus', 'cpuset.cpus', 'cpus'];
  const list = files.map((file) => text('cpuset', file)).find((value) => value !== undefined && value !== '');
  const quota = limitIn(text('cpu', 'cpu.cfs_quota_us')) / limitIn(text('cpu', 'cpu.cfs_period_us'));
  values.of('job_cpus').note(lesser(cpusIn(list), quota));
}

/** The processes that were killed in this directory of the memory controller alone, NaN where the kernel does not count them (before 4.13). */
export function oomKillsIn(host: Host, path: string): number {
  let kills = Number.NaN;
  const file = openSource(host, `${path}/memory.oom_control`, 64, (c) => (kills = oomControl(c).oom_kill));
  file?.read();
  file?.close();
  return kills;
}
