import type { SmiRow } from './rows.ts';

/** The newest row of each GPU, each handed out once. */
export interface Sweep {
  add(row: SmiRow, now: number): void;
  /** Resolves as soon as every GPU of the last sweep has a new row, or after `waitMs` at the latest; to whether any has. */
  settled(waitMs: number): Promise<boolean>;
  /** The new rows that are no older than `maxAgeMs` by their own time; they are gone then. */
  take(now: number, maxAgeMs: number): readonly SmiRow[];
}

/** An empty sweep. */
export function openSweep(): Sweep {
  const fresh = new Map<string, { row: SmiRow; arrivedAt: number }>();
  let expected: ReadonlySet<string> = new Set();
  let arrived: (() => void) | undefined;

  const isSettled = (): boolean => fresh.size > 0 && [...expected].every((uuid) => fresh.has(uuid));
  return {
    add(row, now) {
      fresh.set(row.device.uuid, { row, arrivedAt: now });
      if (isSettled()) arrived?.();
    },
    settled(waitMs) {
      if (isSettled()) return Promise.resolve(true);
      return new Promise((resolve) => {
        const done = (): void => {
          clearTimeout(timer);
          arrived = undefined;
          resolve(fresh.size > 0);
        };
        const timer = setTimeout(done, waitMs);
        arrived = done;
      });
    },
    take(now, maxAgeMs) {
      // Rows that waited in the pipe while nobody read are as old as they say, whenever they arrive.
      const rows = [...fresh.values()].filter(({ row, arrivedAt }) => {
        const at = Number.isNaN(row.at) ? arrivedAt : row.at;
        return Math.abs(now - at) <= maxAgeMs;
      });
      fresh.clear();
      expected = new Set(rows.map(({ row }) => row.device.uuid));
      return rows.map(({ row }) => row);
    },
  };
}
