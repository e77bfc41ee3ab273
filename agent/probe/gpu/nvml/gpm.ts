import { code } from './codes.ts';
import { put } from './item.ts';
import type { Item, MetricName, Target } from './item.ts';
import type { NvmlCall } from './library.ts';

/** nvmlGpmMetricId_t of what is read; all are percent. */
const METRICS: readonly (readonly [id: number, metric: MetricName])[] = [
  [1, 'gpu_graphics_engine_active_ratio'],
  [2, 'gpu_sm_active_ratio'],
  [3, 'gpu_sm_occupancy_ratio'],
  [4, 'gpu_integer_active_ratio'],
  [5, 'gpu_tensor_active_ratio'],
  [10, 'gpu_dram_active_ratio'],
  [11, 'gpu_fp64_active_ratio'],
  [12, 'gpu_fp32_active_ratio'],
  [13, 'gpu_fp16_active_ratio'],
];

/** Mebibytes a second over PCIe, which are added up: the driver's own counters go round too fast. */
const TRAFFIC: readonly (readonly [id: number, metric: MetricName])[] = [
  [20, 'gpu_pcie_transmit_bytes_total'],
  [21, 'gpu_pcie_receive_bytes_total'],
];
const MEBIBYTE = 1024 * 1024;

/** nvmlGpmMetricsGet_t of nvml.h 13 (333 metrics; older ones are shorter): head of 24 bytes, then 40 for each metric. */
const GET_BYTES = 13_344;
const HEAD_BYTES = 24;
const METRIC_BYTES = 40;
const VERSION = 1;
/** Two samples closer than this tell nothing (nvml.h). */
const APART_MS = 100;

/** Memory for the question that every device asks in turn. */
export interface GpmMemory {
  readonly handles: BigUint64Array;
  readonly words: Uint32Array;
  readonly doubles: Float64Array;
}

/** The question about all metrics, but for its two samples. */
export function openGpmMemory(): GpmMemory {
  const memory = new ArrayBuffer(GET_BYTES);
  const words = new Uint32Array(memory);
  words[0] = VERSION;
  const asked = [...METRICS, ...TRAFFIC];
  words[1] = asked.length;
  asked.forEach(([id], at) => (words[(HEAD_BYTES + at * METRIC_BYTES) / 4] = id));
  return { handles: new BigUint64Array(memory), words, doubles: new Float64Array(memory) };
}

/** Whose counters are sampled: the whole GPU's where `instance` is absent, or those of one of its GPU instances (MIG). */
export interface GpmSubject {
  readonly handle: bigint;
  readonly instance?: number;
  /** Told once, where the driver keeps its counters to administrators. */
  readonly refused: () => void;
}

/** What the card really works, from its own counters between two passes; Hopper and later. */
export function gpmItem({ calls, scratch }: Target, memory: GpmMemory, { handle, instance, refused }: GpmSubject): Item | undefined {
  const { nvmlGpmSampleAlloc: alloc, nvmlGpmSampleFree: free, nvmlGpmMetricsGet: ask } = calls;
  const take = instance === undefined ? calls.nvmlGpmSampleGet : calls.nvmlGpmMigSampleGet;
  if (alloc === undefined || free === undefined || ask === undefined || take === undefined) return undefined;
  if (!isSupported(calls.nvmlGpmQueryDeviceSupport, handle, scratch.words)) return undefined;
  const samples: bigint[] = [];
  for (let at = 0; at < 2; at++) if (alloc(scratch.handles) === code.success) samples.push(scratch.handles[0] ?? 0n);
  let [previous, next] = samples;
  const close = (): void => {
    for (const sample of samples.splice(0)) free(sample);
  };
  if (previous === undefined || next === undefined) {
    close();
    return undefined;
  }
  let takenAt = Number.NaN;
  const bytes = TRAFFIC.map(() => 0);
  const valueAt = (at: number): number => {
    const start = HEAD_BYTES + at * METRIC_BYTES;
    return memory.words[start / 4 + 1] === code.success ? (memory.doubles[start / 8 + 1] ?? Number.NaN) : Number.NaN;
  };
  return {
    pace: 'pass',
    read(sheet) {
      if (Math.abs(sheet.now - takenAt) < APART_MS) return code.success;
      const taken = instance === undefined ? take(handle, next) : take(handle, instance, next);
      if (taken === code.noPermission) refused();
      if (taken !== code.success) return taken;
      const seconds = (sheet.now - takenAt) / 1000;
      takenAt = sheet.now;
      [previous, next] = [next, previous];
      if (Number.isNaN(seconds)) return code.success;
      memory.handles[1] = next ?? 0n;
      memory.handles[2] = previous ?? 0n;
      const answer = ask(memory.words);
      if (answer !== code.success) return answer;
      METRICS.forEach(([, metric], at) => put(sheet, metric, valueAt(at) / 100));
      TRAFFIC.forEach(([, metric], at) => {
        const more = valueAt(METRICS.length + at) * MEBIBYTE * seconds;
        if (!(more >= 0)) return;
        bytes[at] = (bytes[at] ?? 0) + more;
        // PCIe is the whole card's.
        if (instance === undefined && sheet.values[metric] === undefined) put(sheet, metric, bytes[at] ?? 0);
      });
      return answer;
    },
    close,
  };
}

function isSupported(ask: NvmlCall | undefined, handle: bigint, words: Uint32Array): boolean {
  words[0] = VERSION;
  words[1] = 0;
  return ask !== undefined && ask(handle, words) === code.success && words[1] !== 0;
}
