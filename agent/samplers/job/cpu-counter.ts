import { readCount } from '../../cells.ts';
import type { Host } from '../../host.ts';
import { flatFile } from './flat-file.ts';
import type { JobCgroup } from './job.ts';
import { openSource } from './source-file.ts';

/** The CPU time that a directory has counted: of all below it, directories that have been removed since included. */
export interface CpuCounter {
  /** Seconds; NaN where it cannot be read, as the directory has gone. */
  read(): number;
  close(): void;
}

const NANO = 1e9;
const MICRO = 1e6;
const cpuStat = flatFile(['usage_usec']);

/** Of a job's directories the one that counts its CPU time; v2 counts it with or without its controller. */
export function cpuCgroup(cgroups: readonly JobCgroup[]): JobCgroup | undefined {
  return cgroups.find(({ controller }) => controller === 'cpuacct') ?? cgroups.find(({ controller }) => controller === 'unified');
}

/** Opens the counter of a directory of `cpuacct` (v1) or of v2; undefined where it has none. */
export function openCpuCounter(host: Host, { controller, path }: JobCgroup): CpuCounter | undefined {
  let seconds = Number.NaN;
  const file =
    controller === 'unified'
      ? openSource(host, `${path}/cpu.stat`, 512, (c) => (seconds = cpuStat(c).usage_usec / MICRO))
      : openSource(host, `${path}/cpuacct.usage`, 32, (c) => (seconds = readCount(c) / NANO));
  if (file === undefined) return undefined;
  return {
    read() {
      seconds = Number.NaN;
      file.read();
      return seconds;
    },
    close: () => file.close(),
  };
}
