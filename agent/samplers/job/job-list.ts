import { openCpuLedger } from './cpu-ledger.ts';
import { findJobs } from './find-jobs.ts';
import { layouts } from './layouts.ts';
import { openTrackedJob } from './tracked-job.ts';
import type { JobSurroundings, TrackedJob } from './tracked-job.ts';
import { openWatches } from './watches.ts';

/** The jobs on the node that are tracked. */
export interface JobList {
  /** Those that are there. */
  readonly jobs: readonly TrackedJob[];
  /** Those that have gone since the last round; closed, and not yet reported for the last time. */
  readonly ended: readonly TrackedJob[];
  /** Jobs beyond the most that may be tracked. */
  readonly untracked: number;
  /** Begins a round: looks who has come and gone, if the last look is old enough, and reads everyone. */
  round(now: number): void;
  /** Ends a round: those that had ended have been reported, and their series end before the next. */
  reported(): void;
  close(): void;
}

const LOOK_MS = 2000;
// Looks and readings that changes may bring about between two rounds: short steps by the hundred must not.
const MOST_CHANGES = 32;
// In v1 the scheduler makes one directory after the other; one that counts CPU time is worth another look before the next round.
const GROWN_MS = 250;

/** The jobs of a node, at most so many at once. */
export function openJobList(around: JobSurroundings, most: number): JobList {
  const tracked = new Map<string, TrackedJob>();
  let ended = new Map<string, TrackedJob>();
  let leaving: readonly TrackedJob[] = [];
  let parents: readonly string[] = [];
  let untracked = 0;
  let lookedAt = Number.NEGATIVE_INFINITY;
  let serial = 0;
  let changes = 0;
  let failure: Error | undefined;
  let pending: NodeJS.Immediate | undefined;
  let growing: NodeJS.Timeout | undefined;
  // Which watched path is which job's; that of none is a parent's.
  let owners = new Map<string, TrackedJob>();
  let watched: readonly (readonly string[])[] = [];

  const ledger = openCpuLedger(around.host);

  const end = (key: string, job: TrackedJob): void => {
    tracked.delete(key);
    ledger.end(job.cpu);
    job.close();
    ended.set(key, job);
  };
  const readAll = (now: number): void => {
    for (const [key, job] of tracked) if (!job.read(now)) end(key, job);
  };
  const look = (now: number): void => {
    lookedAt = now;
    const found = findJobs(around.host, around.hierarchies, layouts);
    const here = new Set(found.jobs.map(({ key }) => key));
    for (const [key, job] of tracked) {
      if (here.has(key)) continue;
      // Of v1, the directory that was looked for may go before those that count.
      if (job.cpu.cgroup !== undefined && around.host.list(job.cpu.cgroup.path).length > 0) job.read(now);
      end(key, job);
    }
    untracked = 0;
    for (const job of found.jobs) {
      // One that comes back at once waits until its first life is reported, which has the same series.
      if (tracked.has(job.key) || ended.has(job.key)) continue;
      if (tracked.size >= most) {
        untracked++;
        continue;
      }
      const opened = openTrackedJob(job, around, now, serial);
      if (opened === undefined) continue;
      serial++;
      tracked.set(job.key, opened);
      ledger.add(opened.cpu);
      // A short job may not be there in the next round.
      opened.readAll(now);
      if (opened.cpu.cgroup === undefined) growing = growing?.refresh() ?? setTimeout(() => attempt(growUp), GROWN_MS).unref();
    }
    if (found.listed.join('\n') !== parents.join('\n')) parents = found.listed;
  };
  const balance = (now: number): void => {
    clearImmediate(pending);
    pending = undefined;
    readAll(now);
    if (!watches.has(parents)) ledger.doubt();
    ledger.balance(now, () => readAll(now));
  };
  const attempt = (work: () => void): void => {
    try {
      work();
    } catch (error) {
      // Nobody hears of it here: the next round fails with it.
      failure = error instanceof Error ? error : new Error(String(error));
    }
  };
  const balanceSoon = (): void => {
    pending ??= setImmediate(() => attempt(() => balance(around.host.now())));
  };
  const growUp = (): void => {
    const now = around.host.now();
    for (const job of tracked.values()) if (job.cpu.cgroup === undefined) job.readAll(now);
    watchAll();
    if (ledger.isBehind) balance(now);
  };
  // Whether what has come to a parent or gone from it was never seen, and so may have been a job.
  const isMissed = (parent: string, name: string): boolean => {
    // A directory that goes itself is told by its own name.
    if (parent.endsWith(`/${name}`) || around.host.list(parent).includes(name)) return false;
    const seen = [...tracked.values(), ...ended.values(), ...leaving];
    return !seen.some(({ cpu }) => around.hierarchies.some(({ at }) => `${at}${cpu.path}/`.startsWith(`${parent}/${name}/`)));
  };
  const changed = (path: string, name: string | null): void => {
    if (changes++ >= MOST_CHANGES) {
      if (!owners.has(path)) ledger.doubt();
      return;
    }
    // It has gone itself, and another may have come in its place.
    if (path.endsWith(`/${name}`)) watched = [];
    const now = around.host.now();
    attempt(() => {
      const owner = owners.get(path);
      if (owner === undefined) {
        look(now);
        watchAll();
        if (name === null || isMissed(path, name)) ledger.doubt();
        // After all that the kernel tells at once, so that nobody has come and gone unseen.
        balanceSoon();
      } else {
        owner.readAll(now);
        watchAll();
        if (ledger.isBehind) balanceSoon();
      }
    });
  };
  const watches = openWatches(around.host, changed);
  const watchAll = (): void => {
    const parts = [parents, ...[...tracked.values()].map(({ signals }) => signals)];
    if (parts.length === watched.length && parts.every((part, at) => part === watched[at])) return;
    watched = parts;
    owners = new Map([...tracked.values()].flatMap((job) => job.signals.map((path) => [path, job] as const)));
    watches.set([...parents, ...owners.keys()]);
  };

  return {
    get jobs() {
      return [...tracked.values()];
    },
    get ended() {
      return [...ended.values()];
    },
    get untracked() {
      return untracked;
    },
    round(now) {
      const failed = failure;
      failure = undefined;
      if (failed !== undefined) throw failed;
      changes = 0;
      for (const job of leaving) job.end();
      leaving = [];
      // A clock set back must not keep it from looking for as long.
      if (Math.abs(now - lookedAt) >= LOOK_MS - around.period / 2) look(now);
      watchAll();
      balance(now);
      for (const job of tracked.values()) job.readDue(now);
      if (ledger.isBehind) balance(now);
      watchAll();
    },
    reported() {
      leaving = [...ended.values()];
      ended = new Map();
    },
    close() {
      watches.close();
      clearImmediate(pending);
      clearTimeout(growing);
      ledger.close();
      for (const job of [...tracked.values(), ...ended.values(), ...leaving]) {
        job.close();
        job.end();
      }
    },
  };
}
