import { metrics } from '../../../samplers/gpu/metrics.ts';
import type { LabelledValue, ProcessReading } from '../../../samplers/gpu/reading.ts';
import { code } from './codes.ts';
import type { Argument, NvmlCalls } from './library.ts';
import type { Scratch } from './scratch.ts';
import type { NvmlFunction } from './signatures.ts';

/** A GPU metric by its full name. */
export type MetricName = keyof typeof metrics;

/** Where the values of one device go in one pass. */
export interface Sheet {
  /** When the pass began, in milliseconds since the epoch. */
  readonly now: number;
  readonly values: Partial<Record<MetricName, number>>;
  readonly labelled: LabelledValue[];
  processes?: ProcessReading[];
}

/** How often something is read. */
export type Pace = 'pass' | 'seconds' | 'minute';

/** Something that one call tells of a device. */
export interface Item {
  readonly pace: Pace;
  /** Writes what it finds to the sheet and answers NVML's return code; what has none is not written. */
  read(sheet: Sheet): number;
  /** Takes its place once it has answered that it never will. */
  readonly instead?: Item | undefined;
  /** Gives back what it holds in the library. */
  close?(): void;
}

/** A device as items need it. */
export interface Target {
  readonly calls: NvmlCalls;
  readonly handle: bigint;
  readonly scratch: Scratch;
  /** CUDA compute capability, 8.0 as 80; 0 where the driver does not tell. */
  readonly capability: number;
}

/** An item of one call `(device, unsigned *)`; none where the driver does not have the function. */
export function single(target: Target, pace: Pace, name: NvmlFunction, metric: MetricName, factor = 1): Item | undefined {
  const { calls, handle, scratch } = target;
  const call = calls[name];
  return call && word(target, pace, () => call(handle, scratch.words), metric, factor);
}

/** An item of one call `(device, type, unsigned *)`. */
export function typed(target: Target, pace: Pace, name: NvmlFunction, type: Argument, metric: MetricName, factor = 1): Item | undefined {
  const { calls, handle, scratch } = target;
  const call = calls[name];
  return call && word(target, pace, () => call(handle, type, scratch.words), metric, factor);
}

// An item of a call that answers with one number.
function word({ scratch: { words } }: Target, pace: Pace, ask: () => number, metric: MetricName, factor: number): Item {
  return {
    pace,
    read(sheet) {
      const answer = ask();
      if (answer === code.success) put(sheet, metric, unsigned(words, 0) * factor);
      return answer;
    },
  };
}

/** An item of one call `(device, unsigned *, unsigned *)`; the second number goes to `second`, or nowhere. */
export function pair(
  { calls, handle, scratch }: Target,
  pace: Pace,
  name: NvmlFunction,
  [first, second]: readonly [MetricName, MetricName?],
  factor = 1,
): Item | undefined {
  const call = calls[name];
  if (call === undefined) return undefined;
  const { words, beside } = scratch;
  return {
    pace,
    read(sheet) {
      const answer = call(handle, words, beside);
      if (answer !== code.success) return answer;
      put(sheet, first, unsigned(words, 0) * factor);
      if (second !== undefined) put(sheet, second, unsigned(beside, 0) * factor);
      return answer;
    },
  };
}

/** Writes a value, unless it is none. */
export function put(sheet: Sheet, metric: MetricName, value: number): void {
  if (!Number.isNaN(value)) sheet.values[metric] = value;
}

/** The 32-bit number at this word; NaN where all bits are set, which is NVML's "not available". */
export function unsigned(words: Uint32Array, at: number): number {
  const value = words[at] ?? 0xffffffff;
  return value === 0xffffffff ? Number.NaN : value;
}
