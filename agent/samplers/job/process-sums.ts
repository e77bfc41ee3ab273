import type { Host } from '../../host.ts';
import type { CgroupSource } from './cgroup-source.ts';
import type { JobValues } from './job-values.ts';
import { openLastingSum } from './lasting-sum.ts';
import type { LastingSum } from './lasting-sum.ts';
import { openMembers } from './members.ts';
import type { ReadingsLeft } from './members.ts';
import { openProcessReading } from './process-reading.ts';
import type { ProcessReading } from './process-reading.ts';

/** What the processes of a job do, added up over their coming and going. */
export interface ProcessSums {
  /** Reads these processes, and notes what they tell. */
  read(pids: readonly number[], tells: CgroupSource['tells']): void;
  /** Real uid of the first process that is not root's, of root where all are; undefined without processes. */
  readonly uid: number | undefined;
  /** Ticks after the boot at which the oldest process that was seen began; NaN without processes. */
  readonly oldest: number;
  /** Whether they have ever told what they read from disks. */
  readonly knowsIo: boolean;
  close(): void;
}

// Beyond this, threads of a job are not read: their context switches and delays stay unknown rather than cost more than the rest.
const MOST_THREADS = 256;

// What a process counts together with the children it has waited for (fs/proc/array.c, fs/proc/base.c do_io_accounting).
const INHERITED = {
  job_cpu_user_seconds_total: ({ stat }: ProcessReading) => stat.user,
  job_cpu_system_seconds_total: ({ stat }: ProcessReading) => stat.system,
  minor: ({ stat }: ProcessReading) => stat.minorFaults,
  major: ({ stat }: ProcessReading) => stat.majorFaults,
  job_io_read_bytes_total: ({ io }: ProcessReading) => io.readBytes,
  job_io_write_bytes_total: ({ io }: ProcessReading) => io.writeBytes,
  job_io_cancelled_write_bytes_total: ({ io }: ProcessReading) => io.cancelledBytes,
  job_io_read_char_bytes_total: ({ io }: ProcessReading) => io.readChars,
  job_io_write_char_bytes_total: ({ io }: ProcessReading) => io.writeChars,
  job_io_read_calls_total: ({ io }: ProcessReading) => io.readCalls,
  job_io_write_calls_total: ({ io }: ProcessReading) => io.writeCalls,
} as const;

// What each thread counts for itself.
const OWN = {
  voluntary: ({ status }: ProcessReading) => status.voluntary,
  involuntary: ({ status }: ProcessReading) => status.involuntary,
  cpu: ({ runDelay }: ProcessReading) => runDelay,
  block_io: ({ stat }: ProcessReading) => stat.blockDelay,
} as const;

type Sums<Names> = { readonly [Name in keyof Names]: LastingSum };
type Counts = Readonly<Record<string, (reading: ProcessReading) => number>>;

/** Sums of a new job. */
export function openProcessSums(host: Host, values: JobValues, room: ReadingsLeft): ProcessSums {
  const inherited = sumsOf(INHERITED);
  const own = sumsOf(OWN);
  const processes = openMembers<number>((pid) => openProcessReading(host, `/proc/${pid}`, 'process'), room);
  const threads = openMembers<string>((path) => openProcessReading(host, path, 'thread'), room);
  let uid: number | undefined;
  let oldest = Number.NaN;
  let knowsIo = false;

  const readThreads = (all: readonly ProcessReading[], pids: readonly number[]): void => {
    const count = all.reduce((sum, { stat }) => sum + stat.threads, 0);
    values.of('job_threads').note(count);
    const few = count <= MOST_THREADS;
    const several = few ? pids.filter((pid) => (processes.of(pid)?.stat.threads ?? 1) > 1) : [];
    // The first thread is the process' own, and its files are read already.
    const others = several.flatMap((pid) =>
      host
        .list(`/proc/${pid}/task`)
        .filter((thread) => thread !== String(pid))
        .map((thread) => `/proc/${pid}/task/${thread}`),
    );
    const { gone, cut } = threads.read(others);
    for (const thread of gone) keep(own, OWN, thread);
    addUp(own, OWN, [...all, ...threads.all()]);
    if (few && !cut) noteOwn(values, own);
  };

  return {
    read(pids, tells) {
      values.of('job_processes').note(pids.length);
      const { gone, cut } = processes.read(pids);
      for (const process of gone) {
        keep(own, OWN, process);
        // A parent that is still there has waited for it, and has its counts among its own.
        if (processes.of(process.stat.parent) === undefined) keep(inherited, INHERITED, process);
      }
      const all = processes.all();
      addUp(inherited, INHERITED, all);
      for (const { stat, status } of all) {
        if (!(oldest <= stat.started)) oldest = stat.started;
        if (status.uid >= 0 && (uid === undefined || uid === 0)) uid = status.uid;
      }
      if (cut) return;
      knowsIo ||= !Number.isNaN(inherited.job_io_read_bytes_total.total);
      noteInherited(values, inherited, tells);
      noteMemory(values, all, tells);
      readThreads(all, pids);
    },
    get uid() {
      return uid;
    },
    get oldest() {
      return oldest;
    },
    get knowsIo() {
      return knowsIo;
    },
    close() {
      processes.close();
      threads.close();
    },
  };
}

function sumsOf<Names extends Counts>(names: Names): Sums<Names> {
  return Object.fromEntries(Object.keys(names).map((name) => [name, openLastingSum()])) as unknown as Sums<Names>;
}

function addUp<Names extends Counts>(sums: Sums<Names>, names: Names, readings: readonly ProcessReading[]): void {
  for (const name of Object.keys(names)) {
    const [sum, count] = [sums[name], names[name]];
    sum?.begin();
    for (const reading of readings) sum?.add(count?.(reading) ?? Number.NaN);
  }
}

function keep<Names extends Counts>(sums: Sums<Names>, names: Names, reading: ProcessReading): void {
  for (const [name, count] of Object.entries(names)) sums[name]?.keep(count(reading));
}

function noteInherited(values: JobValues, { minor, major, ...sums }: Sums<typeof INHERITED>, tells: CgroupSource['tells']): void {
  for (const [name, { total }] of Object.entries(sums) as [Exclude<keyof typeof INHERITED, 'minor' | 'major'>, LastingSum][]) {
    if (name.startsWith('job_cpu') && tells.cpu) continue;
    if ((name === 'job_io_read_bytes_total' || name === 'job_io_write_bytes_total') && tells.io) continue;
    values.of(name).note(total);
  }
  if (!tells.cpu) values.of('job_cpu_seconds_total').note(sums.job_cpu_user_seconds_total.total + sums.job_cpu_system_seconds_total.total);
  if (tells.faults) return;
  values.of('job_page_faults_total', { kind: 'minor' }).note(minor.total);
  values.of('job_page_faults_total', { kind: 'major' }).note(major.total);
}

function noteOwn(values: JobValues, { voluntary, involuntary, cpu, block_io: blockIo }: Sums<typeof OWN>): void {
  values.of('job_context_switches_total', { kind: 'voluntary' }).note(voluntary.total);
  values.of('job_context_switches_total', { kind: 'involuntary' }).note(involuntary.total);
  values.of('job_delay_seconds_total', { kind: 'cpu' }).note(cpu.total);
  values.of('job_delay_seconds_total', { kind: 'block_io' }).note(blockIo.total);
}

function noteMemory(values: JobValues, all: readonly ProcessReading[], tells: CgroupSource['tells']): void {
  if (all.length === 0) return;
  const sum = (of: (reading: ProcessReading) => number): number => all.reduce((total, reading) => total + known(of(reading)), 0);
  const shared = sum(({ status }) => status.sharedBytes);
  values.of('job_memory_resident_bytes').note(sum(({ status }) => status.residentBytes));
  values.of('job_memory_shared_bytes').note(shared);
  values.of('job_memory_virtual_bytes').note(sum(({ stat }) => stat.virtualBytes));
  if (tells.memory) return;
  const used = sum(({ status }) => status.anonymousBytes) + shared;
  values.of('job_memory_used_bytes').note(used);
  const most = values.of('job_memory_max_bytes');
  most.note(most.last > used ? most.last : used);
}

// Who has ended but was not waited for has no memory any more.
function known(bytes: number): number {
  return Number.isNaN(bytes) ? 0 : bytes;
}
