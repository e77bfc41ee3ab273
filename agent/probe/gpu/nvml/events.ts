import type { LabelledValue } from '../../../samplers/gpu/reading.ts';
import { code, DriverReplaced, isOver } from './codes.ts';
import type { NvmlCalls } from './library.ts';
import { TEXT_BYTES, textAt, wide } from './scratch.ts';
import type { Scratch } from './scratch.ts';

/** nvmlEventTypeXidCriticalError. */
const XID_EVENT = 8;
/** nvmlEventData_t: device, type, data, instances; in words. */
const EVENT_BYTES = 32;
const EVENT_TYPE = 2;
const EVENT_DATA = 4;
/** Events taken in one pass; more wait for the next. */
const MOST_A_PASS = 256;
/**
 * XIDs of broken hardware or a broken driver, which sites alert on: counted from 0, so that the first one is an increase. Others begin
 * with their first.
 */
const FROM_ZERO = [48, 62, 64, 74, 79, 95, 119, 120];

/** XID errors as the driver reports them, counted by GPU. */
export interface XidCounts {
  /** Counts those of this GPU from now on. Safe to call again for a GPU that came back. */
  watch(handle: bigint, uuid: string): void;
  /** Takes what has happened since the last time, without waiting. Throws `DriverReplaced`. */
  drain(): void;
  /** `gpu_xid_errors_total` of the GPU. */
  of(uuid: string): Iterable<LabelledValue>;
  close(): void;
}

/** Opens an event set for all GPUs; where the driver has none, nothing is ever counted. */
export function openXidCounts(calls: NvmlCalls, scratch: Scratch): XidCounts {
  const counts = new Map<string, Map<number, LabelledValue>>();
  const uuids = new Map<bigint, string>();
  const { nvmlEventSetCreate: create, nvmlEventSetFree: free, nvmlEventSetWait_v2: wait } = calls;
  const { nvmlDeviceRegisterEvents: register, nvmlDeviceGetSupportedEventTypes: supported, nvmlDeviceGetUUID: uuidOf } = calls;
  const opened = create !== undefined && create(scratch.handles) === code.success ? scratch.handles[0] : undefined;
  let set = wait === undefined ? undefined : opened;
  const memory = new ArrayBuffer(EVENT_BYTES);
  const words = new Uint32Array(memory);
  const handles = new BigUint64Array(memory);

  const count = (uuid: string, xid: number, more: number): void => {
    let own = counts.get(uuid);
    if (own === undefined) counts.set(uuid, (own = new Map()));
    // A new object each time: the one of an earlier reading keeps its value.
    const value = (own.get(xid)?.value ?? 0) + more;
    own.set(xid, { metric: 'gpu_xid_errors_total', labels: { xid: String(xid) }, value });
  };
  const name = (handle: bigint): string | undefined => {
    const known = uuids.get(handle);
    if (known !== undefined || uuidOf?.(handle, scratch.words, TEXT_BYTES) !== code.success) return known;
    return textAt(scratch.bytes);
  };

  return {
    watch(handle, uuid) {
      if (set === undefined || supported === undefined || register === undefined) return;
      if (supported(handle, scratch.words) !== code.success || ((scratch.words[0] ?? 0) & XID_EVENT) === 0) return;
      if (register(handle, XID_EVENT, set) !== code.success) return;
      uuids.set(handle, uuid);
      for (const xid of FROM_ZERO) count(uuid, xid, 0);
    },
    drain() {
      if (set === undefined || wait === undefined || uuids.size === 0) return;
      for (let taken = 0; taken < MOST_A_PASS; taken++) {
        const answer = wait(set, words, 0);
        if (isOver(answer)) throw new DriverReplaced(`nvmlEventSetWait_v2 answered ${answer}`);
        if (answer !== code.success) return;
        const uuid = name(handles[0] ?? 0n);
        if (words[EVENT_TYPE] === XID_EVENT && uuid !== undefined) count(uuid, wide(words, EVENT_DATA), 1);
      }
    },
    of: (uuid) => counts.get(uuid)?.values() ?? [],
    close() {
      if (set !== undefined) free?.(set);
      set = undefined;
    },
  };
}
