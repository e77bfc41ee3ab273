import type { ProcessReading } from '../../../samplers/gpu/reading.ts';
import { code, isForGood, isLost, isOver } from './codes.ts';
import type { Target } from './item.ts';
import { wide } from './scratch.ts';

/** nvmlProcessUtilizationSample_t: pid, time in microseconds, then percent of SM, memory, encoder, decoder; in words. */
const SAMPLE_BYTES = 32;
const TIME = 2;
const SM = 4;
/** Drivers are known to give stale and absurd numbers: a sample with more than this is none. */
const ABSURD = 200;
/** Microseconds before the newest sample beyond which one is not of this round: the first answer holds all that the driver kept. */
const ROUND_US = 10e6;

type Found = { -readonly [Key in keyof ProcessReading]: ProcessReading[Key] };

/** Sums of the samples of one process. */
interface Sums {
  samples: number;
  readonly percent: [sm: number, memory: number, encoder: number, decoder: number];
}

/**
 * Completes processes with their mean utilization since the last time, and answers a code that is the device's matter. A process
 * without a sample did nothing worth one, or the driver does not tell: it stays without.
 */
export function openUtilization({ calls, handle, scratch }: Target): (found: ReadonlyMap<number, Found>) => number {
  let call = calls.nvmlDeviceGetProcessUtilization;
  let seen = 0;
  return (found) => {
    if (call === undefined) return code.success;
    const { room, beside } = scratch;
    beside[0] = room.byteLength / SAMPLE_BYTES;
    const answer = call(handle, room, beside, seen);
    if (answer === code.insufficientSize) scratch.grow((beside[0] ?? 0) * 2 * SAMPLE_BYTES);
    if (isForGood(answer)) call = undefined;
    // Not found: no sample since then. Whatever else went wrong, the list of processes stands.
    if (answer !== code.success) return isLost(answer) || isOver(answer) ? answer : code.success;
    const count = beside[0] ?? 0;
    const since = Math.max(seen, newest(room, count) - ROUND_US);
    seen = Math.max(seen, newest(room, count));
    for (const [pid, { samples, percent }] of sumUp(room, count, since)) {
      const process = found.get(pid);
      if (process === undefined) continue;
      const share = (at: 0 | 1 | 2 | 3): number => percent[at] / samples / 100;
      Object.assign(process, { sm: share(0), memoryUtilization: share(1), encoder: share(2), decoder: share(3) });
    }
    return code.success;
  };
}

function newest(room: Uint32Array, count: number): number {
  let time = 0;
  for (let at = 0; at < count; at++) time = Math.max(time, wide(room, at * (SAMPLE_BYTES / 4) + TIME));
  return time;
}

function sumUp(room: Uint32Array, count: number, since: number): Map<number, Sums> {
  const sums = new Map<number, Sums>();
  for (let at = 0; at < count; at++) {
    const start = at * (SAMPLE_BYTES / 4);
    const percent = room.subarray(start + SM, start + SM + 4);
    if (wide(room, start + TIME) <= since || percent.some((value) => value > ABSURD)) continue;
    const pid = room[start] ?? 0;
    let own = sums.get(pid);
    if (own === undefined) sums.set(pid, (own = { samples: 0, percent: [0, 0, 0, 0] }));
    own.samples++;
    for (const part of [0, 1, 2, 3] as const) own.percent[part] += Math.min(percent[part] ?? 0, 100);
  }
  return sums;
}
