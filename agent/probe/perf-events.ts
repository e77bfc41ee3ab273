/** A kernel counter as perf_event_open(2) is asked for it. */
export interface PerfEventSpec {
  /** PERF_TYPE_HARDWARE, PERF_TYPE_SOFTWARE or PERF_TYPE_HW_CACHE. */
  readonly type: 0 | 1 | 3;
  readonly config: number;
}

const hardware = (config: number): PerfEventSpec => ({ type: 0, config });
const software = (config: number): PerfEventSpec => ({ type: 1, config });
/** Reads of a cache, or its misses: id, operation read (0) and result (access 0, miss 1), a byte each. */
const cacheReads = (id: number, result: 0 | 1): PerfEventSpec => ({ type: 3, config: id | (result << 16) });

/** The counters that there are, by our names; numbers of include/uapi/linux/perf_event.h. */
export const perfEvents = {
  cycles: hardware(0),
  instructions: hardware(1),
  cache_references: hardware(2),
  cache_misses: hardware(3),
  branches: hardware(4),
  branch_misses: hardware(5),
  bus_cycles: hardware(6),
  stalled_frontend_cycles: hardware(7),
  stalled_backend_cycles: hardware(8),
  reference_cycles: hardware(9),
  task_clock: software(1),
  page_faults: software(2),
  context_switches: software(3),
  cpu_migrations: software(4),
  alignment_faults: software(7),
  emulation_faults: software(8),
  l1d_reads: cacheReads(0, 0),
  l1d_read_misses: cacheReads(0, 1),
  l1i_read_misses: cacheReads(1, 1),
  llc_reads: cacheReads(2, 0),
  llc_read_misses: cacheReads(2, 1),
  dtlb_read_misses: cacheReads(3, 1),
  itlb_read_misses: cacheReads(4, 1),
  node_reads: cacheReads(6, 0),
  node_read_misses: cacheReads(6, 1),
} as const satisfies Readonly<Record<string, PerfEventSpec>>;

/** Name of a counter. */
export type PerfEvent = keyof typeof perfEvents;

/** Whether a text names a counter. */
export function isPerfEvent(name: string): name is PerfEvent {
  return Object.hasOwn(perfEvents, name);
}
