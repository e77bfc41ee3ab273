import { readCount } from '../../cells.ts';
import type { Host } from '../../host.ts';
import type { Cursor } from '../../scan.ts';
import { cgroupSource, limitIn } from './cgroup-source.ts';
import type { CgroupSource } from './cgroup-source.ts';
import { cpusIn, lesser } from './cpu-list.ts';
import { flatFile } from './flat-file.ts';
import { parseIoStat } from './io-stat.ts';
import type { IsStacked } from './io-stat.ts';
import type { JobValues } from './job-values.ts';
import { pressureFile } from './pressure-file.ts';
import { openSource } from './source-file.ts';
import type { SourceFile } from './source-file.ts';

const MICRO = 1e6;
const cpuStat = flatFile(['usage_usec', 'user_usec', 'system_usec', 'nr_periods', 'nr_throttled', 'throttled_usec']);
const memoryStat = flatFile(['anon', 'file', 'shmem', 'pgfault', 'pgmajfault']);
const memoryEvents = flatFile(['oom_kill']);

/** Reads a job's directory of cgroup v2 (Documentation/admin-guide/cgroup-v2.rst). */
export function openUnified(host: Host, path: string, values: JobValues, isStacked: IsStacked): CgroupSource {
  const open = (file: string, size: number, parse: (c: Cursor) => void): SourceFile | undefined =>
    openSource(host, `${path}/${file}`, size, parse);
  const usage = open('cpu.stat', 512, cpuUsage(values));
  const [current, most] = [values.of('job_memory_current_bytes'), values.of('job_memory_max_bytes')];
  const charged = open('memory.current', 32, (c) => {
    const bytes = readCount(c);
    current.note(bytes);
    if (peak === undefined) most.note(greater(most.last, bytes));
  });
  // Since Linux 5.19.
  const peak = open('memory.peak', 32, (c) => most.note(readCount(c)));
  const stat = open('memory.stat', 2048, memoryUse(values));
  const io = open('io.stat', 512, diskUse(values, isStacked));
  const [kills, swap] = [values.of('job_oom_kills_total'), values.of('job_memory_swap_bytes')];
  const seldom = [
    peak,
    stat,
    io,
    open('memory.events', 128, (c) => kills.note(memoryEvents(c).oom_kill)),
    open('memory.swap.current', 32, (c) => swap.note(readCount(c))),
    ...['cpu', 'memory', 'io'].map((resource) => open(`${resource}.pressure`, 128, pressureFile(values, resource))),
  ];
  // Without the memory controller memory.stat is not there, and io.stat not without io's.
  const tells = { cpu: usage !== undefined, memory: stat !== undefined, io: io !== undefined, faults: stat !== undefined };
  return cgroupSource({ tells, often: [usage, charged], seldom, readLimits: () => readLimits(host, path, values) });
}

function cpuUsage(values: JobValues): (c: Cursor) => void {
  const [total, user, system] = [
    values.of('job_cpu_seconds_total'),
    values.of('job_cpu_user_seconds_total'),
    values.of('job_cpu_system_seconds_total'),
  ];
  const [periods, throttled, stopped] = [
    values.of('job_cpu_periods_total'),
    values.of('job_cpu_throttled_periods_total'),
    values.of('job_cpu_throttled_seconds_total'),
  ];
  return (c) => {
    const stat = cpuStat(c);
    total.note(stat.usage_usec / MICRO);
    user.note(stat.user_usec / MICRO);
    system.note(stat.system_usec / MICRO);
    periods.note(stat.nr_periods);
    throttled.note(stat.nr_throttled);
    stopped.note(stat.throttled_usec / MICRO);
  };
}

function diskUse(values: JobValues, isStacked: IsStacked): (c: Cursor) => void {
  const [readBytes, writeBytes] = [values.of('job_io_read_bytes_total'), values.of('job_io_write_bytes_total')];
  const [reads, writes] = [values.of('job_io_reads_total'), values.of('job_io_writes_total')];
  return (c) => {
    const io = parseIoStat(c, isStacked);
    readBytes.note(io.readBytes);
    writeBytes.note(io.writeBytes);
    reads.note(io.reads);
    writes.note(io.writes);
  };
}

function memoryUse(values: JobValues): (c: Cursor) => void {
  const [used, cache] = [values.of('job_memory_used_bytes'), values.of('job_memory_cache_bytes')];
  const [minor, major] = [values.of('job_page_faults_total', { kind: 'minor' }), values.of('job_page_faults_total', { kind: 'major' })];
  return (c) => {
    const { anon, file, shmem, pgfault, pgmajfault } = memoryStat(c);
    used.note(anon + shmem);
    // Shared memory is files to the kernel.
    cache.note(file - shmem);
    minor.note(pgfault - pgmajfault);
    major.note(pgmajfault);
  };
}

function readLimits(host: Host, path: string, values: JobValues): void {
  values.of('job_memory_limit_bytes').note(limitIn(host.text(`${path}/memory.max`)));
  const [quota, period] = (host.text(`${path}/cpu.max`) ?? '').split(' ');
  const cpus = cpusIn(host.text(`${path}/cpuset.cpus.effective`));
  values.of('job_cpus').note(lesser(cpus, limitIn(quota) / limitIn(period)));
}

function greater(one: number, other: number): number {
  return one > other ? one : other;
}
