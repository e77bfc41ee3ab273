import type { Host } from '../../host.ts';
import { cpusIn } from './cpu-list.ts';
import { openCpuFolder } from './cpu-folder.ts';
import type { CpuFolder } from './cpu-folder.ts';
import type { JobCgroup } from './job.ts';
import { split } from './split.ts';

/** A job whose CPU time is counted. Times are seconds of CPU. */
export interface CountedJob {
  /** Its directory below the mount point: `/slurm/uid_0/job_1`. */
  readonly path: string;
  /** The directory that counts it; undefined as long as there is none. */
  readonly cgroup: JobCgroup | undefined;
  /** What was read last; NaN before. */
  readonly seconds: number;
  /** When that was, in milliseconds. */
  readonly readAt: number;
  /** CPUs that it may use; NaN where that is not known. */
  readonly cpus: number;
  /** Adds what it has used since, once it has ended. */
  add(seconds: number): void;
}

/**
 * What jobs have used between their last reading and their end. A job's directory goes before it can be read once more, but the counters
 * above it keep what was in it: what such a directory has gained, less what all have gained that are still in it, is of those that ended.
 * Nothing is told where that is not certain.
 */
export interface CpuLedger {
  /** A job has come. */
  add(job: CountedJob): void;
  /** A job that was added has gone, or will not be read any more. */
  end(job: CountedJob): void;
  /** Whether a job that was added has got a directory that counts it since the last balance. */
  readonly isBehind: boolean;
  /** Something may have come and gone unseen: until the next balance nothing is certain. */
  doubt(): void;
  /** Gives those that have ended what they used, and begins anew; all jobs have just been read, and can be read again, whereupon more may end. */
  balance(now: number, readAgain: () => void): void;
  close(): void;
}

interface Account {
  readonly job: CountedJob;
  /** Directories above it, the nearest first; undefined where they are to be looked for. */
  folders: readonly CpuFolder[] | undefined;
  /** What it had used at the last balance; NaN where that is not known. */
  base: number;
  /** The reading that its rate, CPUs in use, is counted from. */
  mark: { readonly seconds: number; readonly at: number };
  rate: number;
}

// They are the machine's: services stand beside the jobs.
const SHARED = new Set(['/system.slice', '/kubelet.slice']);
// Counters go by ticks of the clock: a rate of less time is none.
const RATE_MS = 1000;
// Of jobs that had all been idle each may have been the one that was not.
const IDLE_RATE = 1e-3;

/** A ledger of no jobs. */
export function openCpuLedger(host: Host): CpuLedger {
  const folders = new Map<string, CpuFolder>();
  // What is in a directory is read before it.
  let inwardFirst: readonly CpuFolder[] = [];
  const accounts = new Map<CountedJob, Account>();
  const paths = new Set<string>();
  let ended: Account[] = [];
  let doubtful = false;

  const order = (): void => {
    inwardFirst = [...folders.values()].sort((one, other) => other.path.length - one.path.length);
  };
  const folderAt = (cgroup: JobCgroup, above: CpuFolder | undefined): CpuFolder | undefined => {
    const known = folders.get(cgroup.path);
    if (known !== undefined) return known;
    const folder = openCpuFolder(host, cgroup, above?.adopt(cgroup.path) ?? Number.NaN);
    if (folder === undefined) return undefined;
    folders.set(cgroup.path, folder);
    order();
    return folder;
  };
  const enter = (account: Account): void => {
    const { path, cgroup } = account.job;
    if (cgroup === undefined) return;
    const found: CpuFolder[] = [];
    for (const above of foldersAbove(path, cgroup)) {
      const folder = folderAt(above, found[0]);
      if (folder !== undefined) found.unshift(folder);
    }
    account.folders = found;
    paths.add(cgroup.path);
    const base = found[0]?.adopt(cgroup.path) ?? Number.NaN;
    if (Number.isNaN(account.base)) account.base = base;
  };
  const isOurs = (path: string): boolean => paths.has(path) || folders.has(path);
  const read = (): void => {
    for (const folder of inwardFirst) {
      folder.look(isOurs);
      folder.read();
    }
  };
  const remainder = (folder: CpuFolder, gain: number, leavers: readonly Account[]): number => {
    if (doubtful || !folder.certain) return 0;
    let left = gain - folder.strangersGain();
    for (const other of folders.values()) {
      if (!other.path.startsWith(`${folder.path}/`)) continue;
      if (Number.isNaN(other.now)) left -= other.strangers > 0 || (other.closed && !other.certain) ? Number.NaN : 0;
      else if (isIn(other.path, folder)) left -= other.gain();
    }
    for (const { job, base, folders: above } of accounts.values()) if (above?.[0] === folder) left -= job.seconds - base;
    for (const { job, base } of leavers) left -= job.seconds - base;
    return left;
  };
  const settle = (now: number, gains: ReadonlyMap<CpuFolder, number>): void => {
    const leavers = new Map<CpuFolder, Account[]>();
    for (const account of ended) {
      const folder = account.folders?.find((above) => !Number.isNaN(above.now));
      if (folder !== undefined) leavers.set(folder, [...(leavers.get(folder) ?? []), account]);
    }
    const all = cpusIn(host.text('/sys/devices/system/cpu/online'));
    for (const [folder, those] of leavers) {
      folder.lookForProcesses();
      const left = remainder(folder, gains.get(folder) ?? Number.NaN, those);
      if (!(left > 0)) continue;
      const parts = split(
        left,
        those.map((account) => claimOf(account, now, all)),
      );
      for (const [at, { job }] of those.entries()) job.add(parts[at] ?? 0);
    }
  };
  const forget = (folder: CpuFolder, gone: boolean): void => {
    folder.end();
    folders.delete(folder.path);
    order();
    if (!gone) return;
    // It may come back with its jobs.
    for (const account of accounts.values()) if (account.folders?.includes(folder) === true) account.folders = undefined;
  };
  const closeAll = (now: number): void => {
    for (const account of accounts.values()) closeAccount(account, now);
    const needed = new Set([...accounts.values()].map(({ folders: above }) => above?.at(-1)?.path));
    for (const folder of inwardFirst) {
      folder.close();
      const gone = Number.isNaN(folder.now);
      if (gone || ![...needed].some((path) => path !== undefined && `${folder.path}/`.startsWith(`${path}/`))) forget(folder, gone);
    }
  };

  return {
    add: (job) =>
      void accounts.set(job, { job, folders: undefined, base: Number.NaN, mark: { seconds: Number.NaN, at: 0 }, rate: Number.NaN }),
    end(job) {
      const account = accounts.get(job);
      if (account === undefined) return;
      if (account.folders === undefined) enter(account);
      accounts.delete(job);
      ended.push(account);
    },
    get isBehind() {
      for (const { folders: above, job } of accounts.values()) if (above === undefined && job.cgroup !== undefined) return true;
      return false;
    },
    doubt: () => void (doubtful = true),
    balance(now, readAgain) {
      for (const account of accounts.values()) if (account.folders === undefined) enter(account);
      read();
      if (ended.length > 0) {
        // What is in a directory is read after it here, and before it when the interval begins: no other's time becomes theirs.
        const gains = new Map([...folders.values()].map((folder) => [folder, folder.gain()]));
        readAgain();
        for (const { job, folders: above } of ended) leave(job, above);
        read();
        settle(now, gains);
      }
      ended = [];
      closeAll(now);
      doubtful = false;
    },
    close() {
      for (const folder of folders.values()) folder.end();
      folders.clear();
      inwardFirst = [];
    },
  };

  function leave({ cgroup }: CountedJob, above: Account['folders']): void {
    if (cgroup === undefined) return;
    paths.delete(cgroup.path);
    for (const folder of above ?? []) folder.release(cgroup.path);
  }
}

// The outermost first: `/sys/fs/cgroup/cpuacct/slurm`, then `…/slurm/uid_0`.
function foldersAbove(path: string, { controller, path: full }: JobCgroup): readonly JobCgroup[] {
  const mount = full.slice(0, full.length - path.length);
  const names = path.split('/').slice(1, -1);
  const above = names.map((_, at) => `/${names.slice(0, at + 1).join('/')}`);
  return above.filter((each) => !SHARED.has(each)).map((each) => ({ controller, path: mount + each }));
}

function isIn(path: string, folder: CpuFolder): boolean {
  return path.lastIndexOf('/') === folder.path.length;
}

function closeAccount(account: Account, now: number): void {
  const { job, mark } = account;
  account.base = job.seconds;
  const elapsed = now - mark.at;
  if (Number.isFinite(mark.seconds) && Math.abs(elapsed) < RATE_MS) return;
  account.rate = elapsed > 0 ? ((job.seconds - mark.seconds) / elapsed) * 1000 : Number.NaN;
  account.mark = { seconds: job.seconds, at: now };
}

// Who was read but once may have done what it could.
function claimOf({ job, rate }: Account, now: number, all: number): { readonly weight: number; readonly most: number } {
  const cpus = Number.isNaN(job.cpus) ? all : job.cpus;
  const most = Number.isNaN(cpus) ? Number.POSITIVE_INFINITY : ((now - job.readAt) / 1000) * cpus;
  const known = [rate, cpus, 1].find((value) => !Number.isNaN(value)) ?? 1;
  return { weight: Math.max(known, IDLE_RATE), most };
}
