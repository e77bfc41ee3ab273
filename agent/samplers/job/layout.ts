import type { Scheduler } from './job.ts';

/** A directory's name on the way to a job: the name itself, or what it looks like. Named groups of the patterns name the job. */
export type Step = string | RegExp;

/** What the path of a job's directory says of it. */
export interface PathName {
  /** The job's id; where `idVariable` is given only what stands for it. */
  readonly id: string;
  /** The variable in the environment of the job's processes that has the id. */
  readonly idVariable?: string;
  readonly user?: string;
  readonly uid?: string;
  /** Whether there is no user of the node to ask the processes for. */
  readonly nobody?: true;
}

/** How a scheduler lays its jobs out in a cgroup hierarchy, and how it is recognized. */
export interface Layout {
  readonly scheduler: Scheduler;
  /** Its name, for people. */
  readonly title: string;
  /** Ways from the root of a hierarchy to the directory of a job. */
  readonly trails: readonly (readonly Step[])[];
  /** Reads the named groups of a trail. */
  name(groups: Readonly<Record<string, string | undefined>>): PathName;
  /** Paths of which one is there where the scheduler is installed. */
  readonly signs: readonly string[];
  /** What makes it put jobs into cgroups. */
  readonly fix: string;
}
