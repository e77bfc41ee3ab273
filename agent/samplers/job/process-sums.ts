import type { Host } from '../../host.ts';
import type { CgroupSource } from './cgroup-source.ts';
import type { JobValues } from './job-values.ts';
import { openMembers } from './members.ts';
import type { ReadingsLeft } from './members.ts';
import { addUp, inheritedCounts, keep, note, ownCounts } from './process-counts.ts';
import { openProcessMemory } from './process-memory.ts';
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

/** Sums of a new job. */
export function openProcessSums(host: Host, values: JobValues, room: ReadingsLeft): ProcessSums {
  // Since Linux 5.14 off unless it is asked for, and then zero for everyone (Documentation/accounting/delay-accounting.rst).
  const delays = host.text('/proc/sys/kernel/task_delayacct') !== '0';
  const [inherited, own] = [inheritedCounts(values), ownCounts(values, delays)];
  const noteMemory = openProcessMemory(values);
  const [processCount, threadCount] = [values.of('job_processes'), values.of('job_threads')];
  const processes = openMembers<number>((pid) => openProcessReading(host, `/proc/${pid}`, 'process'), room);
  const threads = openMembers<string>((path) => openProcessReading(host, path, 'thread'), room);
  let uid: number | undefined;
  let oldest = Number.NaN;
  let knowsIo = false;

  const readThreads = (all: readonly ProcessReading[], pids: readonly number[]): void => {
    let number = 0;
    for (const { stat } of all) number += stat.threads;
    threadCount.note(number);
    const few = number <= MOST_THREADS;
    const several = few ? pids.filter((pid) => (processes.of(pid)?.stat.threads ?? 1) > 1) : [];
    const { gone, cut } = threads.read(several.flatMap((pid) => otherThreads(host, pid)));
    for (const thread of gone) keep(own, thread);
    addUp(own, all, threads.all());
    if (few && !cut) note(own);
  };

  return {
    read(pids, tells) {
      processCount.note(pids.length);
      const { gone, cut } = processes.read(pids);
      for (const process of gone) {
        keep(own, process);
        // A parent that is still there has waited for it, and has its counts among its own.
        if (processes.of(process.stat.parent) === undefined) keep(inherited, process);
      }
      const all = processes.all();
      addUp(inherited, all);
      for (const { stat, status, io } of all) {
        if (!(oldest <= stat.started)) oldest = stat.started;
        if (status.uid >= 0 && (uid === undefined || uid === 0)) uid = status.uid;
        knowsIo ||= io.readBytes >= 0;
      }
      if (cut) return;
      note(inherited, tells);
      noteMemory(all, tells.memory);
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

// The first thread is the process' own, and its files are read already.
function otherThreads(host: Host, pid: number): readonly string[] {
  return host
    .list(`/proc/${pid}/task`)
    .filter((thread) => thread !== String(pid))
    .map((thread) => `/proc/${pid}/task/${thread}`);
}
