import type { SourceFile } from './source-file.ts';

/** What is read of a job's cgroups. */
export interface CgroupSource {
  /** Whether the cgroups tell these, so that the processes need not. */
  readonly tells: { readonly cpu: boolean; readonly memory: boolean; readonly io: boolean; readonly faults: boolean };
  /** Reads what is cheap; false where the cgroup has gone. */
  readOften(): boolean;
  /** Reads what makes the kernel add up. */
  readSeldom(now: number): void;
  close(): void;
}

/** What a source of one cgroup version is made of; files that are not there are undefined. */
export interface CgroupParts extends Pick<CgroupSource, 'tells'> {
  readonly often: readonly (SourceFile | undefined)[];
  readonly seldom: readonly (SourceFile | undefined)[];
  /** Reads limits and CPU sets. */
  readonly readLimits: () => void;
}

/** How often limits and CPU sets, which hardly ever change once the scheduler has set them, are read; for as long they are read with the rest. */
const LIMITS_MS = 60_000;

/** The source that these parts make. */
export function cgroupSource({ tells, often, seldom, readLimits }: CgroupParts): CgroupSource {
  let firstAt = Number.NaN;
  let limitsAt = Number.NEGATIVE_INFINITY;
  return {
    tells,
    readOften: () => often.every((file) => file === undefined || file.read()),
    readSeldom(now) {
      for (const file of seldom) file?.read();
      if (Number.isNaN(firstAt)) firstAt = now;
      const young = Math.abs(now - firstAt) < LIMITS_MS;
      if (!young && Math.abs(now - limitsAt) < LIMITS_MS) return;
      limitsAt = now;
      readLimits();
    },
    close() {
      for (const file of [...often, ...seldom]) file?.close();
    },
  };
}

/** A limit as a file has it; NaN for what is no number, as it is no limit: `max` of v2, `-1` of v1. */
export function limitIn(text: string | undefined): number {
  return text !== undefined && /^\d+$/.test(text) ? Number(text) : Number.NaN;
}
