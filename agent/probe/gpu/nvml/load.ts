import { code } from './codes.ts';
import { pair, put } from './item.ts';
import type { Item, Target } from './item.ts';
import { wide } from './scratch.ts';

/** `sizeof(nvmlMemory_v2_t) | 2 << 24`, and where its 64-bit numbers stand, in words. */
const MEMORY_V2 = 0x02000028;
const V2 = { total: 2, reserved: 4, used: 8 } as const;
/** nvmlMemory_t: total, free, used. */
const V1 = { total: 0, used: 4 } as const;

/** How much the GPU works, and how much of its memory is in use. */
export function loadItems(target: Target): readonly (Item | undefined)[] {
  return [
    utilization(target),
    memory(target),
    pair(target, 'seconds', 'nvmlDeviceGetEncoderUtilization', ['gpu_encoder_utilization_ratio'], 0.01),
    pair(target, 'seconds', 'nvmlDeviceGetDecoderUtilization', ['gpu_decoder_utilization_ratio'], 0.01),
  ];
}

function utilization({ calls, handle, scratch: { words } }: Target): Item | undefined {
  const call = calls.nvmlDeviceGetUtilizationRates;
  return (
    call && {
      pace: 'pass',
      read(sheet) {
        const answer = call(handle, words);
        if (answer !== code.success) return answer;
        put(sheet, 'gpu_utilization_ratio', (words[0] ?? Number.NaN) / 100);
        put(sheet, 'gpu_memory_utilization_ratio', (words[1] ?? Number.NaN) / 100);
        return answer;
      },
    }
  );
}

/** Memory of a GPU or of a MIG instance; where the driver has version 2, what it reserves is not counted as used. */
export function memory({ calls, handle, scratch: { words } }: Target): Item | undefined {
  const first = calls.nvmlDeviceGetMemoryInfo;
  const old: Item | undefined = first && {
    pace: 'pass',
    read(sheet) {
      const answer = first(handle, words);
      if (answer !== code.success) return answer;
      put(sheet, 'gpu_memory_total_bytes', wide(words, V1.total));
      put(sheet, 'gpu_memory_used_bytes', wide(words, V1.used));
      return answer;
    },
  };
  const call = calls.nvmlDeviceGetMemoryInfo_v2;
  if (call === undefined) return old;
  return {
    pace: 'pass',
    read(sheet) {
      words[0] = MEMORY_V2;
      const answer = call(handle, words);
      if (answer !== code.success) return answer;
      put(sheet, 'gpu_memory_total_bytes', wide(words, V2.total));
      put(sheet, 'gpu_memory_used_bytes', wide(words, V2.used));
      put(sheet, 'gpu_memory_reserved_bytes', wide(words, V2.reserved));
      return answer;
    },
    instead: old,
  };
}
