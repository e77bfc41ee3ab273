import type { Host } from '../../../host.ts';
import type { DrmCard } from '../drm/cards.ts';
import { limit, linkFiles, mega, micro, milli, same } from '../drm/file-values.ts';
import type { FileValue } from '../drm/file-values.ts';
import { elements, sensor } from '../drm/sensors.ts';

const HEAT = {
  input: 'gpu_temperature_celsius',
  max: 'gpu_temperature_max_operating_celsius',
  crit: 'gpu_temperature_slowdown_celsius',
  emergency: 'gpu_temperature_shutdown_celsius',
};
const MEMORY_HEAT = { input: 'gpu_memory_temperature_celsius', crit: 'gpu_memory_temperature_max_operating_celsius' };

/** Where `intelFiles` puts the memory that is left, which is no metric: what is used is counted from it. */
export const MEMORY_LEFT = 'memory left';

/**
 * The files of one number that an i915 or xe card has, in the order of preference (kernel:
 * Documentation/ABI/testing/sysfs-driver-intel-{i915,xe}-hwmon). Neither shows how busy the card is.
 */
export function intelFiles(host: Host, card: DrmCard): readonly FileValue[] {
  return [
    ...card.hwmons.filter((hwmon) => /^(i915|xe)$/.test(host.text(`${hwmon}/name`) ?? '')).flatMap((hwmon) => hwmonFiles(host, hwmon)),
    ...clockFiles(card),
    // Of Intel's own packages of i915; the kernel's has no such files.
    { metric: 'gpu_memory_total_bytes', path: `${card.path}/lmem_total_bytes`, as: same },
    { metric: MEMORY_LEFT, path: `${card.path}/lmem_avail_bytes`, as: same },
    ...linkFiles(card.device),
  ];
}

function hwmonFiles(host: Host, hwmon: string): readonly FileValue[] {
  const energy = { input: 'gpu_energy_joules_total' };
  return [
    // xe counts the card and its package; i915 and early xe have one counter, the card's.
    ...sensor(host, hwmon, 'energy', 'card', energy, micro),
    ...elements(`${hwmon}/energy1`, energy, micro),
    ...elements(`${hwmon}/energy2`, energy, micro),
    ...elements(`${hwmon}/power1`, { max: 'gpu_power_limit_watts', rated_max: 'gpu_power_limit_default_watts' }, limit),
    ...elements(`${hwmon}/power2`, { max: 'gpu_power_limit_watts', rated_max: 'gpu_power_limit_default_watts' }, limit),
    ...sensor(host, hwmon, 'temp', 'pkg', HEAT, milli),
    ...sensor(host, hwmon, 'temp', 'vram', MEMORY_HEAT, milli),
    ...elements(`${hwmon}/temp1`, HEAT, milli),
    ...elements(`${hwmon}/temp2`, HEAT, milli),
    ...elements(`${hwmon}/temp3`, MEMORY_HEAT, milli),
  ];
}

function clockFiles({ path, device }: DrmCard): readonly FileValue[] {
  const now = 'gpu_graphics_clock_hertz';
  const max = 'gpu_graphics_clock_max_hertz';
  return [
    { metric: now, path: `${path}/gt/gt0/rps_act_freq_mhz`, as: mega },
    { metric: max, path: `${path}/gt/gt0/rps_RP0_freq_mhz`, as: mega },
    { metric: now, path: `${path}/gt_act_freq_mhz`, as: mega },
    { metric: max, path: `${path}/gt_RP0_freq_mhz`, as: mega },
    { metric: now, path: `${device}/tile0/gt0/freq0/act_freq`, as: mega },
    { metric: max, path: `${device}/tile0/gt0/freq0/rp0_freq`, as: mega },
  ];
}
