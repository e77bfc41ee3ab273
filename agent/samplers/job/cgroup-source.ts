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

/** How often limits and CPU sets, which hardly ever change once the scheduler has set them, are read; for as long they are read with the rest. */
export const LIMITS_MS = 60_000;
