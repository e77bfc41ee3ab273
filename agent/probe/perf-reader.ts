import { closeSync, constants, openSync, readFileSync, readSync, statSync } from 'node:fs';
import { hasCode, Permanent, Transient } from '../contract/errors.ts';
import type { PerfCalls } from './perf-calls.ts';
import { perfEvents } from './perf-events.ts';
import type { PerfEvent } from './perf-events.ts';

/** Counters of cgroups, opened when they are first asked for. */
export interface PerfReader {
  /**
   * What the processes of a cgroup (path of its directory) and of those below it have counted since it was first asked for; without
   * the events that this machine does not count. A cgroup that has gone is answered as long as its counters are open, for a minute.
   *
   * @throws Permanent where its counters cannot be had, with what is in the way; Transient where descriptors are short.
   */
  read(path: string, events: readonly PerfEvent[]): Readonly<Record<string, number>>;
  close(): void;
}

/** Where the reader finds which CPUs there are; tests give their own. */
export interface PerfReaderOptions {
  readonly calls: PerfCalls;
  /** Descriptors that counters may take together. */
  readonly most: number;
  readonly now?: () => number;
}

/** How long counters of a cgroup that has gone stay open: its last values are asked for when it is found gone. */
const GONE_MS = 60_000;
const SWEEP_MS = 10_000;

/** Opens nothing yet. */
export function openPerfReader({ calls, most, now = Date.now }: PerfReaderOptions): PerfReader {
  const open = new Map<string, OpenCgroup>();
  // What is not counted on this machine (a virtual one has no counters of hardware) is asked for once.
  const absent = new Set<PerfEvent>();
  const sample = Buffer.alloc(24);
  let used = 0;
  let sweptAt = now();

  const letGo = (cgroup: OpenCgroup): void => {
    open.delete(cgroup.path);
    for (const { fd } of cgroup.counters) closeSync(fd);
    used -= cgroup.counters.length;
  };
  const sweep = (): void => {
    if (Math.abs(now() - sweptAt) < SWEEP_MS) return;
    sweptAt = now();
    for (const cgroup of open.values()) {
      if (inodeOf(cgroup.path) === cgroup.inode) cgroup.goneAt = undefined;
      else if (now() - (cgroup.goneAt ??= now()) >= GONE_MS) letGo(cgroup);
    }
  };
  const openCgroup = (path: string, events: readonly PerfEvent[]): OpenCgroup => {
    const wanted = events.filter((event) => !absent.has(event));
    const cpus = cpusOf(path);
    const needs = wanted.length * cpus.length;
    if (used + needs > most)
      throw new Transient(
        `${path} needs ${needs} descriptors for its counters, and ${most - used} of ${most} are left; choose fewer counters`,
      );
    const inode = inodeOf(path);
    if (inode === undefined) throw new Permanent(`${path} is not there`);
    const cgroup: OpenCgroup = { path, inode, counters: [], totals: {}, goneAt: undefined };
    open.set(path, cgroup);
    const fd = openSync(path, constants.O_RDONLY | constants.O_DIRECTORY);
    try {
      checkCgroup(calls, fd, cpus, path);
      for (const event of wanted) {
        for (const cpu of cpus) {
          const counter = openCounter(calls, event, fd, cpu);
          if (counter === 'absent') {
            absent.add(event);
            break;
          }
          if (counter === 'offline') continue;
          cgroup.counters.push({ fd: counter, event, value: 0, enabled: 0, running: 0 });
          cgroup.totals[event] ??= 0;
          used++;
        }
      }
      return cgroup;
    } catch (error) {
      letGo(cgroup);
      throw error;
    } finally {
      closeSync(fd);
    }
  };

  return {
    read(path, events) {
      sweep();
      let cgroup = open.get(path);
      const inode = cgroup === undefined ? undefined : inodeOf(path);
      // Another job's directory in the same place.
      if (cgroup !== undefined && inode !== undefined && inode !== cgroup.inode) {
        letGo(cgroup);
        cgroup = undefined;
      }
      cgroup ??= openCgroup(path, events);
      for (const counter of cgroup.counters) cgroup.totals[counter.event] = (cgroup.totals[counter.event] ?? 0) + growthOf(counter, sample);
      return Object.fromEntries(Object.entries(cgroup.totals).map(([event, total]) => [event, Math.round(total)]));
    },
    close() {
      for (const cgroup of open.values()) letGo(cgroup);
    },
  };
}

interface OpenCgroup {
  readonly path: string;
  readonly inode: number;
  readonly counters: Counter[];
  readonly totals: Record<string, number>;
  goneAt: number | undefined;
}

interface Counter {
  readonly fd: number;
  readonly event: PerfEvent;
  value: number;
  enabled: number;
  running: number;
}

// More events than the CPU has counters take turns: what was counted part of the time is counted for all of it, stretch by stretch, so
// that the sum never falls. Where an event had no turn, its stretch is taken on to the next.
function growthOf(counter: Counter, sample: Buffer): number {
  readSync(counter.fd, sample, 0, sample.length, null);
  const [value, enabled, running] = [0, 8, 16].map((at) => Number(sample.readBigUInt64LE(at))) as [number, number, number];
  const ran = running - counter.running;
  if (ran <= 0) return 0;
  const growth = (value - counter.value) * ((enabled - counter.enabled) / ran);
  Object.assign(counter, { value, enabled, running });
  return growth;
}

function openCounter(calls: PerfCalls, event: PerfEvent, cgroup: number, cpu: number): number | 'absent' | 'offline' {
  try {
    return calls.open(perfEvents[event], cgroup, cpu);
  } catch (error) {
    // perf_event_open(2): the event is none of this machine's; one that the PMU cannot tell apart is EINVAL.
    if (hasCode(error, 'ENOENT', 'EOPNOTSUPP', 'EINVAL')) return 'absent';
    if (hasCode(error, 'ENODEV', 'ENXIO')) return 'offline';
    if (hasCode(error, 'EMFILE', 'ENFILE'))
      throw new Transient('there are no descriptors left for counters; raise LimitNOFILE', { cause: error });
    throw error;
  }
}

// An event of the kernel's own, which every machine counts: what fails now is not the event's fault.
function checkCgroup(calls: PerfCalls, cgroup: number, cpus: readonly number[], path: string): void {
  try {
    closeSync(calls.open(perfEvents.task_clock, cgroup, cpus[0] ?? 0));
  } catch (error) {
    if (hasCode(error, 'EBADF', 'ENOENT'))
      throw new Permanent(`${path} is no cgroup that perf counts: on cgroup v1 the job needs one of the perf_event controller`, {
        cause: error,
      });
    if (hasCode(error, 'EACCES', 'EPERM'))
      throw new Permanent(
        'counters of other processes may not be opened: CAP_PERFMON is missing, kernel.perf_event_paranoid is above 0, or the unit has no SystemCallFilter=perf_event_open',
        {
          cause: error,
        },
      );
    throw error;
  }
}

// A job's own CPUs where cgroup v2 tells them: on a big node most are not.
function cpusOf(path: string): readonly number[] {
  const own = textOf(`${path}/cpuset.cpus.effective`);
  return cpuList(own === undefined || own === '' ? (textOf('/sys/devices/system/cpu/online') ?? '0') : own);
}

/** The numbers of a list as the kernel writes it: `0-3,8`. */
export function cpuList(text: string): readonly number[] {
  return text.split(',').flatMap((range) => {
    const [first = Number.NaN, last = first] = range.split('-').map(Number);
    return first <= last ? Array.from({ length: last - first + 1 }, (_, at) => first + at) : [];
  });
}

function textOf(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8').trim();
  } catch (error) {
    if (hasCode(error, 'ENOENT', 'ENODEV', 'EACCES', 'EOPNOTSUPP')) return undefined;
    throw error;
  }
}

function inodeOf(path: string): number | undefined {
  return statSync(path, { throwIfNoEntry: false })?.ino;
}
