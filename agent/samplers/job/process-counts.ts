import type { CgroupSource } from './cgroup-source.ts';
import type { JobValue, JobValues } from './job-values.ts';
import { openLastingSum } from './lasting-sum.ts';
import type { LastingSum } from './lasting-sum.ts';
import type { ProcessReading } from './process-reading.ts';

/** One number that processes or threads count, added up for a job. */
export interface ProcessCount {
  readonly of: (reading: ProcessReading) => number;
  readonly sum: LastingSum;
  readonly value: JobValue;
  /** What makes it superfluous, where a cgroup tells it. */
  readonly toldAs?: keyof CgroupSource['tells'];
}

type Of = (reading: ProcessReading) => number;

/** What a process counts together with the children it has waited for (fs/proc/array.c do_task_stat, fs/proc/base.c do_io_accounting). */
export function inheritedCounts(values: JobValues): readonly ProcessCount[] {
  return [
    count(values.of('job_cpu_seconds_total'), ({ stat }) => stat.user + stat.system, 'cpu'),
    count(values.of('job_cpu_user_seconds_total'), ({ stat }) => stat.user, 'cpu'),
    count(values.of('job_cpu_system_seconds_total'), ({ stat }) => stat.system, 'cpu'),
    count(values.of('job_page_faults_total', { kind: 'minor' }), ({ stat }) => stat.minorFaults, 'faults'),
    count(values.of('job_page_faults_total', { kind: 'major' }), ({ stat }) => stat.majorFaults, 'faults'),
    count(values.of('job_io_read_bytes_total'), ({ io }) => io.readBytes, 'io'),
    count(values.of('job_io_write_bytes_total'), ({ io }) => io.writeBytes, 'io'),
    count(values.of('job_io_cancelled_write_bytes_total'), ({ io }) => io.cancelledBytes),
    count(values.of('job_io_read_char_bytes_total'), ({ io }) => io.readChars),
    count(values.of('job_io_write_char_bytes_total'), ({ io }) => io.writeChars),
    count(values.of('job_io_read_calls_total'), ({ io }) => io.readCalls),
    count(values.of('job_io_write_calls_total'), ({ io }) => io.writeCalls),
  ];
}

/** What each thread counts for itself; time waited for disks only where the kernel keeps it (`delays`). */
export function ownCounts(values: JobValues, delays: boolean): readonly ProcessCount[] {
  return [
    count(values.of('job_context_switches_total', { kind: 'voluntary' }), ({ status }) => status.voluntary),
    count(values.of('job_context_switches_total', { kind: 'involuntary' }), ({ status }) => status.involuntary),
    count(values.of('job_delay_seconds_total', { kind: 'cpu' }), ({ runDelay }) => runDelay),
    count(values.of('job_delay_seconds_total', { kind: 'block_io' }), ({ stat }) => (delays ? stat.blockDelay : Number.NaN)),
  ];
}

function count(value: JobValue, of: Of, toldAs?: keyof CgroupSource['tells']): ProcessCount {
  return { of, value, sum: openLastingSum(), ...(toldAs === undefined ? {} : { toldAs }) };
}

/** Adds up anew who is there. */
export function addUp(counts: readonly ProcessCount[], ...readings: readonly (readonly ProcessReading[])[]): void {
  for (const { sum, of } of counts) {
    sum.begin();
    for (const some of readings) for (const reading of some) sum.add(of(reading));
  }
}

/** Keeps in the sums what somebody who has gone had counted. */
export function keep(counts: readonly ProcessCount[], reading: ProcessReading): void {
  for (const { sum, of } of counts) sum.keep(of(reading));
}

/** Notes the sums, but those that cgroups tell. */
export function note(counts: readonly ProcessCount[], tells: Partial<CgroupSource['tells']> = {}): void {
  for (const { value, sum, toldAs } of counts) if (toldAs === undefined || tells[toldAs] !== true) value.note(sum.total);
}
