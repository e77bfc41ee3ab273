import { defineMetric } from '../../contract/metric.ts';
import type { Metric } from '../../contract/metric.ts';

/** The metric of a field of /proc/meminfo, named as node_exporter does: `Active(anon)` in kB is `node_memory_Active_anon_bytes`. */
export function memoryMetric(field: string, bytes: boolean): Metric<never> {
  const name = field.replace(/\((.*)\)/, '_$1').replace(/[^a-zA-Z0-9_]/g, '_') + (bytes ? '_bytes' : '');
  return defineMetric('node_memory', `node_memory_${name}`, {
    kind: 'gauge',
    unit: bytes ? 'bytes' : 'count',
    help: `Memory information field ${name}.`,
    inheritedName: true,
  });
}

// proc_meminfo(5) and fs/proc/meminfo.c of Linux 6.18; a field that is not here is declared when it is seen.
const BYTES = `MemTotal MemFree MemAvailable Buffers Cached SwapCached Active Inactive Active(anon) Inactive(anon) Active(file)
  Inactive(file) Unevictable Mlocked SwapTotal SwapFree Zswap Zswapped Dirty Writeback AnonPages Mapped Shmem KReclaimable Slab
  SReclaimable SUnreclaim KernelStack ShadowCallStack PageTables SecPageTables NFS_Unstable Bounce WritebackTmp CommitLimit Committed_AS
  VmallocTotal VmallocUsed VmallocChunk Percpu EarlyMemtestBad HardwareCorrupted AnonHugePages ShmemHugePages ShmemPmdMapped
  FileHugePages FilePmdMapped CmaTotal CmaFree Unaccepted Balloon Hugepagesize Hugetlb DirectMap4k DirectMap2M DirectMap4M DirectMap1G`;
const COUNTS = 'HugePages_Total HugePages_Free HugePages_Rsvd HugePages_Surp';

/** The fields of /proc/meminfo that are known in advance. */
export const metrics = Object.fromEntries(
  [...BYTES.split(/\s+/).map((field) => memoryMetric(field, true)), ...COUNTS.split(' ').map((field) => memoryMetric(field, false))].map(
    (metric) => [metric.name, metric],
  ),
);
