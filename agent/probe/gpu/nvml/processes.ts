import type { ProcessReading } from '../../../samplers/gpu/reading.ts';
import { code, isForGood } from './codes.ts';
import type { Item, Target } from './item.ts';
import type { NvmlCall } from './library.ts';
import { openUtilization } from './process-utilization.ts';
import { wide } from './scratch.ts';

/** What the memory of a list is filled with before the call, so that its last written word shows. */
const UNTOUCHED = 0xa5a5a5a5;
/** Sizes that an entry has had: version 1, version 2 and 3, version 3 of drivers 535.43 to 535.86. */
const STRIDES: readonly number[] = [16, 24, 32];
/** Room for an entry of any version. */
const LONGEST = 32;
/** More processes than a GPU can have contexts. */
const MOST = 16_384;

/** A process being put together. */
type Found = { -readonly [Key in keyof ProcessReading]: ProcessReading[Key] };

/** The processes that have a context on the GPU or MIG instance: their memory, and what they did since the last time. */
export function processesItem(target: Target): Item | undefined {
  const compute = lister(target, 'Compute');
  const others = [lister(target, 'Graphics'), lister(target, 'MPSCompute')].filter((list) => list !== undefined);
  const utilization = openUtilization(target);
  if (compute === undefined) return undefined;
  return {
    pace: 'seconds',
    read(sheet) {
      const found = new Map<number, Found>();
      const answer = compute(found);
      if (answer !== code.success) return answer;
      for (let at = 0; at < others.length; at++) {
        const answer = others[at]?.(found) ?? code.success;
        // The rest would be half of the truth: who is not in it would seem to have ended.
        if (answer !== code.success && !isForGood(answer)) return answer;
        if (answer !== code.success) others.splice(at--, 1);
      }
      sheet.processes = [...found.values()];
      sheet.values.gpu_processes = found.size;
      return utilization(found);
    },
  };
}

// Adds what one list says, and answers the code of the call. A newer version that does not work is followed by an older one.
function lister({ calls, handle, scratch }: Target, kind: 'Compute' | 'Graphics' | 'MPSCompute') {
  const name = `nvmlDeviceGet${kind}RunningProcesses` as const;
  const versions = [calls[`${name}_v3`], calls[`${name}_v2`], calls[name]].filter((call) => call !== undefined);
  if (versions.length === 0) return undefined;
  const { beside } = scratch;
  let stride = 0;

  const list = (call: NvmlCall): number => {
    for (;;) {
      const { room } = scratch;
      const most = room.byteLength / LONGEST;
      if (stride === 0) room.fill(UNTOUCHED);
      beside[0] = most;
      const answer = call(handle, beside, room);
      if (answer !== code.insufficientSize || most >= MOST) return answer;
      // Twice what there is, because more may come until the next call.
      scratch.grow(Math.min(MOST, Math.max(most, beside[0] ?? 0) * 2) * LONGEST);
    }
  };

  return (found: Map<number, Found>): number => {
    for (;;) {
      const [call] = versions;
      if (call === undefined) return code.notSupported;
      const answer = list(call);
      if (isForGood(answer) && versions.length > 1) {
        versions.shift();
        stride = 0;
        continue;
      }
      const count = beside[0] ?? 0;
      if (answer !== code.success || count === 0) return answer;
      if (stride === 0) stride = strideOf(scratch.room, count);
      // An entry of a size that nobody knows: its numbers could be anything. Another time its last word may not look untouched.
      if (stride === 0) return code.insufficientSize;
      for (let at = 0; at < count; at++) add(found, scratch.room, (at * stride) / 4);
      return answer;
    }
  };
}

function strideOf(room: Uint32Array, count: number): number {
  let end = room.length;
  while (end > 0 && room[end - 1] === UNTOUCHED) end--;
  const size = (end * 4) / count;
  return STRIDES.includes(size) ? size : 0;
}

// A process may be in several lists: with its compute context and with its graphics one.
function add(found: Map<number, Found>, room: Uint32Array, start: number): void {
  const pid = room[start] ?? 0;
  const memory = wide(room, start + 2);
  const known = found.get(pid);
  if (known === undefined) found.set(pid, Number.isNaN(memory) ? { pid } : { pid, memory });
  else if (!Number.isNaN(memory)) known.memory = Math.max(known.memory ?? 0, memory);
}
