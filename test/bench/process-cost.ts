import { readdirSync, readFileSync } from 'node:fs';
import { hasCode } from '../../agent/contract/errors.ts';

/** Ticks a second of times in /proc (proc_pid_stat(5)): USER_HZ, 100 on every Linux that Debian runs on. */
const TICKS = 100;

/** CPU seconds of a process and everything it has started, ended children included. */
export function cpuSeconds(pid: number): number {
  let seconds = 0;
  for (const member of familyOf(pid)) seconds += ownSeconds(member.pid) + member.childSeconds;
  return seconds;
}

interface Member {
  readonly pid: number;
  readonly parent: number;
  /** CPU seconds of its children that have ended. */
  readonly childSeconds: number;
}

function familyOf(pid: number): Member[] {
  const all = readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((name) => memberOf(Number(name)) ?? []);
  const family = all.filter((member) => member.pid === pid);
  for (const { pid: parent } of family) family.push(...all.filter((member) => member.parent === parent));
  return family;
}

function memberOf(pid: number): Member | undefined {
  const text = readGone(`/proc/${pid}/stat`);
  if (text === undefined) return undefined;
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
  return { pid, parent: Number(fields[1]), childSeconds: (Number(fields[13]) + Number(fields[14])) / TICKS };
}

// The scheduler's nanoseconds of every thread (Documentation/scheduler/sched-stats.rst): an agent uses a few of the ticks
// in which /proc/PID/stat counts within a window.
function ownSeconds(pid: number): number {
  let nanoseconds = 0;
  for (const thread of threadsOf(pid)) nanoseconds += Number((readGone(`/proc/${pid}/task/${thread}/schedstat`) ?? '0').split(' ')[0]);
  return nanoseconds / 1e9;
}

function threadsOf(pid: number): string[] {
  try {
    return readdirSync(`/proc/${pid}/task`);
  } catch (error) {
    if (hasCode(error, 'ENOENT', 'ESRCH')) return [];
    throw error;
  }
}

function readGone(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    // It has ended since it was listed.
    if (hasCode(error, 'ENOENT', 'ESRCH')) return undefined;
    throw error;
  }
}

/** User and system CPU seconds of one process with all its threads, ended ones too, in hundredths. */
export function processSeconds(pid: number): number {
  const text = readFileSync(`/proc/${pid}/stat`, 'utf8');
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
  return (Number(fields[11]) + Number(fields[12])) / TICKS;
}

/** Memory of a process in MiB. */
export interface Memory {
  readonly resident: number;
  /** Anonymous: what no other process shares. */
  readonly private: number;
}

/** What the kernel says of a process' memory (proc_pid_status(5)). */
export function memoryOf(pid: number): Memory {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8');
  const mebibytes = (name: string): number => Number(new RegExp(`^${name}:\\s+(\\d+) kB`, 'm').exec(status)?.[1]) / 1024;
  return { resident: mebibytes('VmRSS'), private: mebibytes('RssAnon') };
}
