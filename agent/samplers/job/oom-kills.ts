import type { Host } from '../../host.ts';
import { openLastingSum } from './lasting-sum.ts';
import { oomKillsIn } from './legacy.ts';

/** Processes of a job that cgroup v1 killed for memory: counted where they were, in the step or task, and lost with it. */
export interface OomKills {
  /** The kills in these directories below the job's, and in those that have gone; NaN where the kernel does not count them. */
  read(folders: readonly string[]): number;
}

/** Kills below the job's directory of the memory controller. */
export function openOomKills(host: Host, path: string): OomKills {
  const sum = openLastingSum();
  let seen = new Map<string, number>();
  return {
    read(folders) {
      const now = new Map<string, number>();
      for (const folder of folders) {
        const kills = oomKillsIn(host, path + folder);
        if (!Number.isNaN(kills)) now.set(folder, kills);
      }
      for (const [folder, kills] of seen) if (!now.has(folder)) sum.keep(kills);
      seen = now;
      sum.begin();
      for (const kills of now.values()) sum.add(kills);
      return sum.total;
    },
  };
}
