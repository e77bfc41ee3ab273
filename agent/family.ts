import { Unavailable } from './contract/errors.ts';
import type { Host, KeptFile } from './host.ts';

/** What a child process of the agent costs, with those it started itself. */
export interface ChildCost {
  readonly pid: number;
  /** `probe gpu`, or the program's name. */
  readonly name: string;
  readonly cpuSeconds: number;
  /** Resident memory that it does not share with a file: the program's own pages are the agent's as well. */
  readonly bytes: number;
}

/** What the children of the agent cost together. */
export interface FamilyCost {
  /** CPU seconds of those that live and those that have ended; never falls. */
  readonly cpuSeconds: number;
  readonly bytes: number;
  readonly children: readonly ChildCost[];
}

/** The agent's child processes. */
export interface Family {
  /** What they cost by now. */
  read(): FamilyCost;
  close(): void;
}

// /proc/PID/stat counts in USER_HZ, which is 100 wherever Node.js runs (include/asm-generic/param.h).
const TICKS_PER_SECOND = 100;
/** Descendants looked at; nothing of ours starts as many. */
const MOST = 64;

/**
 * Opens the list of the processes that this thread has started.
 *
 * @throws Unavailable where the kernel keeps none (CONFIG_PROC_CHILDREN).
 */
export function openFamily(host: Host): Family {
  const list = host.open('/proc/thread-self/children', 256);
  const self = openOrClose(host, '/proc/self/stat', list);
  const names = new Map<number, string>();
  let most = 0;
  return {
    read() {
      const children = pidsIn(textIn(list)).flatMap((pid) => costOf(host, pid, names) ?? []);
      const alive = new Set(children.map(({ pid }) => pid));
      for (const pid of names.keys()) if (!alive.has(pid)) names.delete(pid);
      const { ended } = ticksIn(textIn(self)) ?? { ended: 0 };
      // Between a child's end and its counting with the ended ones it may be missing for a moment.
      most = Math.max(most, ended / TICKS_PER_SECOND + sum(children.map(({ cpuSeconds }) => cpuSeconds)));
      return { cpuSeconds: most, bytes: sum(children.map(({ bytes }) => bytes)), children };
    },
    close() {
      list.close();
      self.close();
    },
  };
}

function openOrClose(host: Host, path: string, other: KeptFile): KeptFile {
  try {
    return host.open(path, 1024);
  } catch (error) {
    other.close();
    throw error;
  }
}

function costOf(host: Host, child: number, names: Map<number, string>): ChildCost | undefined {
  let ticks = 0;
  let bytes = 0;
  const pids = [child];
  for (let at = 0; at < pids.length && at < MOST; at++) {
    const pid = pids[at] ?? 0;
    const found = ticksIn(host.text(`/proc/${pid}/stat`) ?? '');
    if (found === undefined) {
      if (pid === child) return undefined;
      continue;
    }
    ticks += found.own + found.ended;
    bytes += ownBytes(host.text(`/proc/${pid}/status`) ?? '');
    pids.push(...pidsIn(host.text(`/proc/${pid}/task/${pid}/children`) ?? ''));
  }
  let name = names.get(child);
  if (name === undefined) names.set(child, (name = nameIn(host.text(`/proc/${child}/cmdline`) ?? '')));
  return { pid: child, name, cpuSeconds: ticks / TICKS_PER_SECOND, bytes };
}

// proc_pid_stat(5): the name in parentheses may hold anything; utime, stime, cutime and cstime are fields 14 to 17.
function ticksIn(stat: string): { readonly own: number; readonly ended: number } | undefined {
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  const [user, system, endedUser, endedSystem] = fields.slice(11, 15).map(Number);
  if (user === undefined || system === undefined || endedUser === undefined || endedSystem === undefined) return undefined;
  return { own: user + system, ended: endedUser + endedSystem };
}

function ownBytes(status: string): number {
  return sum([...status.matchAll(/^Rss(?:Anon|Shmem):\s+(\d+) kB/gm)].map(([, kilobytes]) => Number(kilobytes) * 1024));
}

function nameIn(cmdline: string): string {
  const args = cmdline.split('\0');
  const probe = args.indexOf('--probe');
  return probe >= 0 ? `probe ${args[probe + 1] ?? ''}` : (args[0]?.split('/').at(-1) ?? '') || 'child';
}

function pidsIn(text: string): readonly number[] {
  return text
    .split(/\s+/)
    .map(Number)
    .filter((pid) => pid > 0);
}

function textIn(file: KeptFile): string {
  const { bytes, end } = file.read();
  return Buffer.from(bytes.buffer, bytes.byteOffset, end).toString('latin1');
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}

/** The family, or undefined where the kernel keeps no list of children. Throws what else may go wrong. */
export function familyIfAny(host: Host): Family | undefined {
  try {
    return openFamily(host);
  } catch (error) {
    if (error instanceof Unavailable) return undefined;
    throw error;
  }
}
