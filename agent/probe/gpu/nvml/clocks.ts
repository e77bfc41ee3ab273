import type { LabelledValue } from '../../../samplers/gpu/reading.ts';
import { clockEventReasons } from '../clock-event-reasons.ts';
import { code } from './codes.ts';
import type { Field } from './fields.ts';
import { put, typed } from './item.ts';
import type { Item, Target } from './item.ts';

/** nvmlClockType_t: graphics, SM, memory, video. */
const CLOCKS = [
  [0, 'gpu_graphics_clock_hertz', 'gpu_graphics_clock_max_hertz'],
  [1, 'gpu_sm_clock_hertz', 'gpu_sm_clock_max_hertz'],
  [2, 'gpu_memory_clock_hertz', 'gpu_memory_clock_max_hertz'],
  [3, 'gpu_video_clock_hertz', 'gpu_video_clock_max_hertz'],
] as const;
const MEGAHERTZ = 1e6;

/** NVML_PSTATE_UNKNOWN. */
const PSTATE_UNKNOWN = 32;

/** Clocks, their highest, the performance state, and what holds the clocks down at present. */
export function clockItems(target: Target): readonly (Item | undefined)[] {
  return [
    reasons(target),
    pstate(target),
    ...CLOCKS.flatMap(([type, now, most]) => [
      typed(target, 'seconds', 'nvmlDeviceGetClockInfo', type, now, MEGAHERTZ),
      typed(target, 'minute', 'nvmlDeviceGetMaxClockInfo', type, most, MEGAHERTZ),
    ]),
  ];
}

/** Nanoseconds that each reason held the clocks down: perf-policy counters (74–79), and the thermal ones of newer drivers (269–271). */
export const clockFields: readonly Field[] = (
  [
    [74, 'sw_power_cap'],
    [75, 'thermal'],
    [76, 'sync_boost'],
    [77, 'board_limit'],
    [79, 'reliability'],
    [269, 'sw_thermal_slowdown'],
    [270, 'hw_thermal_slowdown'],
    [271, 'hw_power_brake_slowdown'],
  ] as const
).map(([id, reason]) => ({
  pace: 'minute',
  id,
  keep(sheet, value) {
    if (!Number.isNaN(value)) sheet.labelled.push({ metric: 'gpu_clock_event_seconds_total', labels: { reason }, value: value / 1e9 });
  },
}));

const reasonValue = (reason: string, value: number): LabelledValue => ({ metric: 'gpu_clock_event_active', labels: { reason }, value });
// Made once: they are the same for every device and pass.
const ACTIVE = clockEventReasons.map((reason) => reasonValue(reason, 1));
const INACTIVE = clockEventReasons.map((reason) => reasonValue(reason, 0));

// Reasons that the card does not know are left out, where the driver tells which it knows. The functions were renamed with driver 535.
function reasons({ calls, handle, scratch: { words } }: Target): Item | undefined {
  const call = calls.nvmlDeviceGetCurrentClocksEventReasons ?? calls.nvmlDeviceGetCurrentClocksThrottleReasons;
  const ask = calls.nvmlDeviceGetSupportedClocksEventReasons ?? calls.nvmlDeviceGetSupportedClocksThrottleReasons;
  let known = -1;
  return (
    call && {
      pace: 'pass',
      read({ labelled }) {
        if (known < 0) known = ask !== undefined && ask(handle, words) === code.success ? (words[0] ?? 0) : 0x1ff;
        const answer = call(handle, words);
        if (answer !== code.success) return answer;
        const active = words[0] ?? 0;
        for (let bit = 0; bit < clockEventReasons.length; bit++) {
          const value = ((active >> bit) & 1) === 1 ? ACTIVE[bit] : INACTIVE[bit];
          if (((known >> bit) & 1) === 1 && value !== undefined) labelled.push(value);
        }
        return answer;
      },
    }
  );
}

function pstate({ calls, handle, scratch: { words } }: Target): Item | undefined {
  const call = calls.nvmlDeviceGetPerformanceState;
  return (
    call && {
      pace: 'seconds',
      read(sheet) {
        const answer = call(handle, words);
        if (answer === code.success && words[0] !== PSTATE_UNKNOWN) put(sheet, 'gpu_performance_state', words[0] ?? Number.NaN);
        return answer;
      },
    }
  );
}
