import type { LabelledValue } from '../../../samplers/gpu/reading.ts';
import { numberOf } from '../command/columns.ts';
import { textAt } from './element.ts';
import type { Group } from './element.ts';

// DTD v11 and later count by memory, of late the uncorrectable ones of SRAM in two kinds; before, by bits and in all.
const ECC = {
  corrected: { total: 'single_bit.total', parts: ['sram_correctable', 'dram_correctable'] },
  uncorrected: {
    total: 'double_bit.total',
    parts: ['sram_uncorrectable', 'sram_uncorrectable_parity', 'sram_uncorrectable_secded', 'dram_uncorrectable'],
  },
} as const;

/** The memory errors of a `gpu` element. */
export function eccErrors(gpu: Group): readonly LabelledValue[] {
  return Object.entries(ECC).flatMap(([type, { total, parts }]) =>
    ['volatile', 'aggregate'].flatMap((lifetime) => {
      const at = (name: string): number | undefined => numberOf(textAt(gpu, `ecc_errors.${lifetime}.${name}`));
      const known = parts.map((part) => at(part)).filter((count) => count !== undefined);
      const value = at(total) ?? (known.length === 0 ? undefined : known.reduce((sum, count) => sum + count, 0));
      return value === undefined ? [] : [{ metric: 'gpu_ecc_errors_total', labels: { type, lifetime }, value }];
    }),
  );
}

// Limits in degrees, and, of cards since Ada (DTD v12.2 and later), as a distance from the limit at which the margin is 0.
const LIMITS = [
  ['gpu_temperature_shutdown_celsius', 'gpu_temp_max_threshold', 'gpu_temp_max_tlimit_threshold'],
  ['gpu_temperature_slowdown_celsius', 'gpu_temp_slow_threshold', 'gpu_temp_slow_tlimit_threshold'],
  ['gpu_temperature_max_operating_celsius', 'gpu_temp_max_gpu_threshold', 'gpu_temp_max_gpu_tlimit_threshold'],
] as const;

/** The temperatures of a `gpu` element and their limits. */
export function heat(gpu: Group): readonly (readonly [metric: string, value: number | undefined])[] {
  const at = (name: string): number | undefined => numberOf(textAt(gpu, `temperature.${name}`));
  const now = at('gpu_temp');
  const margin = at('gpu_temp_tlimit');
  return [
    ['gpu_temperature_celsius', now],
    ['gpu_temperature_margin_celsius', margin],
    ['gpu_temperature_margin_slowdown_celsius', at('gpu_temp_slow_tlimit_threshold')],
    ['gpu_memory_temperature_celsius', at('memory_temp')],
    ['gpu_memory_temperature_max_operating_celsius', at('gpu_temp_max_mem_threshold')],
    ...LIMITS.map(([metric, degrees, distance]) => [metric, at(degrees) ?? absolute(now, margin, at(distance))] as const),
  ];
}

function absolute(now: number | undefined, margin: number | undefined, distance: number | undefined): number | undefined {
  return now === undefined || margin === undefined || distance === undefined ? undefined : now + margin - distance;
}
