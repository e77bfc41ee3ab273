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
  // Which watched path is which job's; that of none is a parent's.
  let owners = new Map<string, TrackedJob>();
  let watched: readonly (readonly string[])[] = [];

  const end = (key: string, job: TrackedJob): void => {
    tracked.delete(key);
    job.close();
    ended.set(key, job);
  };
  const look = (now: number): void => {
    lookedAt = now;
    const found = findJobs(around.host, around.hierarchies, layouts);
    const here = new Set(found.jobs.map(({ key }) => key));
    for (const [key, job] of tracked) if (!here.has(key)) end(key, job);
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
      // A short job may not be there in the next round.
      opened.readAll(now);
    }
    if (found.listed.join('\n') !== parents.join('\n')) parents = found.listed;
  };
  const changed = (path: string): void => {
    if (changes++ >= MOST_CHANGES) return;
    const now = around.host.now();
    try {
      const owner = owners.get(path);
      if (owner === undefined) look(now);
      else owner.readAll(now);
      watchAll();
    } catch (error) {
      // Nobody hears of it here: the next round fails with it.
      failure = error instanceof Error ? error : new Error(String(error));
    }
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
      for (const [key, job] of tracked) if (!job.read(now)) end(key, job);
      watchAll();
    },
    reported() {
      leaving = [...ended.values()];
      ended = new Map();
    },
    close() {
      watches.close();
      for (const job of [...tracked.values(), ...ended.values(), ...leaving]) {
        job.close();
        job.end();
      }
    },
  };
}
