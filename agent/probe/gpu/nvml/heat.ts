import { code } from './codes.ts';
import type { Field } from './fields.ts';
import { put, typed } from './item.ts';
import type { Item, MetricName, Sheet, Target } from './item.ts';

/** NVML_TEMPERATURE_GPU. */
const GPU_SENSOR = 0;
/** `sizeof | version << 24` of nvmlTemperature_t and nvmlMarginTemperature_t. */
const TEMPERATURE_V1 = 0x0100000c;
const MARGIN_V1 = 0x01000008;
/** nvmlTemperatureThresholds_t. */
const THRESHOLDS = [
  [0, 'gpu_temperature_shutdown_celsius'],
  [1, 'gpu_temperature_slowdown_celsius'],
  [2, 'gpu_memory_temperature_max_operating_celsius'],
  [3, 'gpu_temperature_max_operating_celsius'],
] as const;

/** How warm the GPU is, how far from its limit, and how fast its fans turn. */
export function heatItems(target: Target): readonly (Item | undefined)[] {
  return [temperature(target), margin(target), ...THRESHOLDS.map(([type, metric]) => threshold(target, type, metric)), fans(target)];
}

/**
 * Memory temperature, and the limits of cards that state them in degrees of margin (T.Limit: Ada, Hopper and later). The memory's own
 * limit (195) is left out: it is in the memory's margin, which nothing tells.
 */
export const heatFields: readonly Field[] = [
  { pace: 'pass', id: 82, keep: (sheet, value) => put(sheet, 'gpu_memory_temperature_celsius', value) },
  { pace: 'minute', id: 193, keep: (sheet, value) => put(sheet, 'gpu_temperature_shutdown_celsius', absolute(sheet, value)) },
  {
    pace: 'minute',
    id: 194,
    keep(sheet, value) {
      put(sheet, 'gpu_temperature_margin_slowdown_celsius', value);
      put(sheet, 'gpu_temperature_slowdown_celsius', absolute(sheet, value));
    },
  },
  { pace: 'minute', id: 196, keep: (sheet, value) => put(sheet, 'gpu_temperature_max_operating_celsius', absolute(sheet, value)) },
];

// A margin of the limit is as far below the present margin as the limit is above the present temperature.
function absolute({ values }: Sheet, limit: number): number {
  return (values.gpu_temperature_celsius ?? Number.NaN) + (values.gpu_temperature_margin_celsius ?? Number.NaN) - limit;
}

function temperature(target: Target): Item | undefined {
  const { calls, handle, scratch } = target;
  const old = typed(target, 'pass', 'nvmlDeviceGetTemperature', GPU_SENSOR, 'gpu_temperature_celsius');
  const call = calls.nvmlDeviceGetTemperatureV;
  if (call === undefined) return old;
  const { words, signed } = scratch;
  return {
    pace: 'pass',
    read(sheet) {
      words[0] = TEMPERATURE_V1;
      words[1] = GPU_SENSOR;
      const answer = call(handle, words);
      if (answer === code.success) put(sheet, 'gpu_temperature_celsius', signed[2] ?? Number.NaN);
      return answer;
    },
    instead: old,
  };
}

function margin({ calls, handle, scratch: { words, signed } }: Target): Item | undefined {
  const call = calls.nvmlDeviceGetMarginTemperature;
  return (
    call && {
      pace: 'pass',
      read(sheet) {
        words[0] = MARGIN_V1;
        const answer = call(handle, words);
        if (answer === code.success) put(sheet, 'gpu_temperature_margin_celsius', signed[1] ?? Number.NaN);
        return answer;
      },
    }
  );
}

// Comes after the fields: what they told is not asked again. A threshold of 0 °C is a card that has none.
function threshold({ calls, handle, scratch: { words } }: Target, type: number, metric: MetricName): Item | undefined {
  const call = calls.nvmlDeviceGetTemperatureThreshold;
  return (
    call && {
      pace: 'minute',
      read(sheet) {
        if (sheet.values[metric] !== undefined) return code.success;
        const answer = call(handle, type, words);
        if (answer === code.success && words[0] !== 0) put(sheet, metric, words[0] ?? Number.NaN);
        return answer;
      },
    }
  );
}

function fans({ calls, handle, scratch: { words } }: Target): Item | undefined {
  const { nvmlDeviceGetNumFans: count, nvmlDeviceGetFanSpeed_v2: speed, nvmlDeviceGetFanSpeed: only } = calls;
  const old: Item | undefined = only && {
    pace: 'seconds',
    read(sheet) {
      const answer = only(handle, words);
      if (answer === code.success) put(sheet, 'gpu_fan_ratio', (words[0] ?? Number.NaN) / 100);
      return answer;
    },
  };
  if (count === undefined || speed === undefined) return old;
  let fans = -1;
  return {
    pace: 'seconds',
    read(sheet) {
      if (fans < 0) {
        const answer = count(handle, words);
        if (answer !== code.success) return answer;
        fans = words[0] ?? 0;
      }
      if (fans === 0) return code.notSupported;
      let fastest = 0;
      for (let fan = 0; fan < fans; fan++) {
        const answer = speed(handle, fan, words);
        if (answer !== code.success) return answer;
        fastest = Math.max(fastest, words[0] ?? 0);
      }
      put(sheet, 'gpu_fan_ratio', fastest / 100);
      return code.success;
    },
    instead: old,
  };
}
