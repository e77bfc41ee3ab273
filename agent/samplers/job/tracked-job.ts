import type { Host } from '../../host.ts';
import type { SamplerContext } from '../../sampler.ts';
import type { CgroupSource } from './cgroup-source.ts';
import { cpuCgroup } from './cpu-counter.ts';
import type { CountedJob } from './cpu-ledger.ts';
import type { Environ } from './environ.ts';
import { cgroupsOf } from './find-jobs.ts';
import type { FoundJob } from './find-jobs.ts';
import type { Hierarchy } from './hierarchies.ts';
import type { IsStacked } from './io-stat.ts';
import type { Job, JobCgroup } from './job.ts';
import { nameJob } from './job-name.ts';
import type { JobName } from './job-name.ts';
import { openJobValues } from './job-values.ts';
import type { JobLabels } from './job-values.ts';
import { openLegacy } from './legacy.ts';
import type { ReadingsLeft } from './members.ts';
import { openOomKills } from './oom-kills.ts';
import type { OomKills } from './oom-kills.ts';
import type { JobPerf } from './perf.ts';
import { openProcessSums } from './process-sums.ts';
import { openProcessTree } from './process-tree.ts';
import { openUnified } from './unified.ts';
import type { Users } from './users.ts';
import { EVENTS_FILE } from './watches.ts';

/** A job that is read as long as its cgroups are there. */
export interface TrackedJob {
  /** What others may know of it; undefined as long as its name is not known. */
  readonly job: Job | undefined;
  /** Files and directories that change when its steps begin and end; the same array as long as they are the same. */
  readonly signals: readonly string[];
  /** What the books say of its CPU time. */
  readonly cpu: CountedJob;
  /** Reads what is cheap, at this time (milliseconds); false where the cgroups have gone. */
  read(now: number): boolean;
  /** Reads what else is due. */
  readDue(now: number): void;
  /** Reads everything, because something has changed. */
  readAll(now: number): void;
  /** Reports what was read since the last report. */
  report(): void;
  /** Reports the last values of all, for the job has ended. */
  reportLast(now: number): void;
  /** Closes files; nothing can be read any more. */
  close(): void;
  /** Ends the series. */
  end(): void;
}

/** What the jobs of a node share. */
export interface JobSurroundings {
  readonly host: Host;
  readonly series: SamplerContext<unknown>['series'];
  readonly hierarchies: readonly Hierarchy[];
  readonly users: Users;
  readonly environ: Environ;
  readonly isStacked: IsStacked;
  readonly room: ReadingsLeft;
  /** Counts what CPUs do for jobs, where that is wanted and allowed. */
  readonly perf: JobPerf | undefined;
  /** When the node booted, in seconds since the epoch; NaN where it does not tell. */
  readonly bootTime: number;
  /** Milliseconds between two rounds. */
  readonly period: number;
}

const SELDOM_MS = 10_000;
// The scheduler makes one directory after the other.
const YOUNG_MS = 60_000;
// Then it sets their limits and starts the first processes; a short job has no other reading of what is read seldom.
const SETTLING_MS = 10_000;
// Without cgroups that tell CPU and memory, the processes of a job of so few are read every round.
const FEW = 64;
const WATCHED = 8;
const TICKS = 100;

/** Begins to read a job; undefined where its directory is none of a cgroup. Of several, `place` tells which reads when. */
export function openTrackedJob(found: FoundJob, around: JobSurroundings, since: number, place: number): TrackedJob | undefined {
  const { host, series, hierarchies, users, environ, bootTime, period } = around;
  let cgroups = cgroupsOf(host, hierarchies, found.path);
  const [first] = cgroups;
  if (first === undefined) return undefined;
  const values = openJobValues(series);
  const tree = openProcessTree(host, first.path);
  const sums = openProcessSums(host, values, around.room);
  const open = (): readonly CgroupSource[] => openSources(cgroups, { ...around, values, processesTellIo: () => sums.knowsIo });
  let sources = open();
  let tells = whatTheyTell(sources);
  const openKills = (): OomKills | undefined => {
    const memory = cgroups.find(({ controller }) => controller === 'memory');
    return memory === undefined ? undefined : openOomKills(host, memory.path);
  };
  let kills = openKills();
  let seldomAt = Number.NEGATIVE_INFINITY;
  let signals: readonly string[] = [];
  let signalsOf: readonly string[] = [];
  let name: JobName | undefined;
  let job: Job | undefined;
  let readAt = Number.NaN;
  const [used, cpus] = [values.of('job_cpu_seconds_total'), values.of('job_cpus')];

  const growUp = (now: number): void => {
    if (Math.abs(now - since) > YOUNG_MS) return;
    const more = cgroupsOf(host, hierarchies, found.path);
    if (more.length <= cgroups.length) return;
    for (const source of sources) source.close();
    cgroups = more;
    sources = open();
    tells = whatTheyTell(sources);
    kills ??= openKills();
    readOften();
  };
  const readProcesses = (): void => {
    tree.walk();
    sums.read(tree.pids, tells);
  };
  const readSeldom = (now: number): void => {
    // Not all in the same round: a node may have hundreds.
    const early = Number.isFinite(seldomAt) ? 0 : place % Math.max(1, Math.round(SELDOM_MS / period));
    seldomAt = now - early * period;
    growUp(now);
    readProcesses();
    for (const source of sources) source.readSeldom(now);
    around.perf?.ask(cgroups, values);
    if (kills !== undefined) values.of('job_oom_kills_total').note(kills.read(tree.folders));
    values.of('job_start_time_seconds').note(bootTime + sums.oldest / TICKS);
  };
  const identify = (now: number, evenSo = false): JobName | undefined => {
    const age = evenSo ? Number.POSITIVE_INFINITY : Math.abs(now - since);
    name ??= nameJob(found.name, { pids: tree.pids, uid: sums.uid }, age, users, environ);
    if (name !== undefined)
      job ??= jobOf(
        found,
        name,
        () => cgroups,
        () => tree.pids,
      );
    return name;
  };
  const readOften = (): boolean => sources.every((source) => source.readOften());
  const read = (now: number): boolean => {
    const there = readOften();
    if (there) readAt = now;
    return there;
  };

  return {
    get job() {
      return job;
    },
    get signals() {
      if (signalsOf !== tree.folders) {
        signalsOf = tree.folders;
        // In v2 a step's last process is told by its file; in v1 steps are seen to go.
        const file = first.controller === 'unified' ? EVENTS_FILE : '';
        signals = signalsOf.slice(0, WATCHED).map((folder) => first.path + folder + file);
      }
      return signals;
    },
    cpu: {
      path: found.path,
      get cgroup() {
        return tells.cpu ? cpuCgroup(cgroups) : undefined;
      },
      get seconds() {
        return used.last;
      },
      get readAt() {
        return readAt;
      },
      get cpus() {
        return cpus.last;
      },
      add: (seconds) => used.note(used.last + seconds),
    },
    read,
    readDue(now) {
      // Half a period early is nearer than half a period late.
      const due = Math.abs(now - since) < SETTLING_MS || Math.abs(now - seldomAt) >= SELDOM_MS - period / 2;
      if (due || name === undefined) readSeldom(now);
      else if (!(tells.cpu && tells.memory) && tree.pids.length <= FEW) readProcesses();
      identify(now);
    },
    readAll(now) {
      if (!read(now)) return;
      readSeldom(now);
      identify(now);
    },
    report() {
      if (name !== undefined) values.report(labelsOf(found, name));
    },
    reportLast(now) {
      values.of('job_end_time_seconds').note(now / 1000);
      const known = identify(now, true);
      if (known !== undefined) values.reportLast(labelsOf(found, known));
    },
    close() {
      // What was counted since the last reading: the counters outlive the cgroup.
      around.perf?.ask(cgroups, values);
      for (const source of sources) source.close();
      sums.close();
    },
    end: () => values.end(),
  };
}

interface SourceContext extends JobSurroundings {
  readonly values: ReturnType<typeof openJobValues>;
  readonly processesTellIo: () => boolean;
}

// On a hybrid node a job has directories of both versions; each tells what its controllers know.
function openSources(cgroups: readonly JobCgroup[], { host, values, isStacked, processesTellIo }: SourceContext): readonly CgroupSource[] {
  const unified = cgroups.find(({ controller }) => controller === 'unified');
  const legacy = cgroups.filter(({ controller }) => controller !== 'unified');
  return [
    ...(legacy.length > 0 ? [openLegacy(host, legacy, values, { isStacked, processesTellIo })] : []),
    ...(unified === undefined ? [] : [openUnified(host, unified.path, values, isStacked)]),
  ];
}

function whatTheyTell(sources: readonly CgroupSource[]): CgroupSource['tells'] {
  const some = (what: keyof CgroupSource['tells']): boolean => sources.some(({ tells }) => tells[what]);
  return { cpu: some('cpu'), memory: some('memory'), io: some('io'), faults: some('faults') };
}

function labelsOf({ layout }: FoundJob, { id, user }: JobName): JobLabels {
  return { job_id: id, user, scheduler: layout.scheduler };
}

function jobOf({ layout }: FoundJob, { id, user }: JobName, cgroups: () => readonly JobCgroup[], pids: () => readonly number[]): Job {
  return {
    scheduler: layout.scheduler,
    id,
    user,
    get cgroups() {
      return cgroups();
    },
    pids,
  };
}
