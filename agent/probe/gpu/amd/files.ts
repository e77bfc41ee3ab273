import type { Host } from '../../../host.ts';
import type { DrmCard } from '../drm/cards.ts';
import { limit, linkFiles, micro, milli, percent, same } from '../drm/file-values.ts';
import type { FileValue } from '../drm/file-values.ts';
import { elements, sensor } from '../drm/sensors.ts';

/**
 * The files of one number that an amdgpu card has, in the order of preference (kernel: Documentation/gpu/amdgpu/thermal.rst,
 * driver-misc.rst). `pcie_bw` is none of them: reading it takes a second.
 */
export function amdFiles(host: Host, card: DrmCard): readonly FileValue[] {
  const { device } = card;
  return [
    { metric: 'gpu_utilization_ratio', path: `${device}/gpu_busy_percent`, as: percent },
    { metric: 'gpu_memory_utilization_ratio', path: `${device}/mem_busy_percent`, as: percent },
    { metric: 'gpu_memory_total_bytes', path: `${device}/mem_info_vram_total`, as: same },
    { metric: 'gpu_memory_used_bytes', path: `${device}/mem_info_vram_used`, as: same },
    { metric: 'gpu_pcie_replays_total', path: `${device}/pcie_replay_count`, as: same },
    ...linkFiles(device),
    ...card.hwmons.flatMap((hwmon) => hwmonFiles(host, hwmon)),
  ];
}

function hwmonFiles(host: Host, hwmon: string): readonly FileValue[] {
  return [
    ...heatFiles(host, hwmon),
    { metric: 'gpu_power_watts', path: `${hwmon}/power1_average`, as: micro },
    // Where the card does not average, what it draws at this instant stands for both.
    { metric: 'gpu_power_watts', path: `${hwmon}/power1_input`, as: micro },
    { metric: 'gpu_power_instant_watts', path: `${hwmon}/power1_input`, as: micro },
    { metric: 'gpu_power_limit_watts', path: `${hwmon}/power1_cap`, as: limit },
    { metric: 'gpu_power_limit_default_watts', path: `${hwmon}/power1_cap_default`, as: limit },
    { metric: 'gpu_power_limit_min_watts', path: `${hwmon}/power1_cap_min`, as: micro },
    { metric: 'gpu_power_limit_max_watts', path: `${hwmon}/power1_cap_max`, as: limit },
    { metric: 'gpu_energy_joules_total', path: `${hwmon}/energy1_input`, as: micro },
    ...sensor(host, hwmon, 'freq', 'sclk', { input: 'gpu_graphics_clock_hertz' }, same),
    ...sensor(host, hwmon, 'freq', 'mclk', { input: 'gpu_memory_clock_hertz' }, same),
  ];
}

const OWN_HEAT = {
  input: 'gpu_temperature_celsius',
  crit: 'gpu_temperature_slowdown_celsius',
  emergency: 'gpu_temperature_shutdown_celsius',
};

function heatFiles(host: Host, hwmon: string): readonly FileValue[] {
  const edge = sensor(host, hwmon, 'temp', 'edge', OWN_HEAT, milli);
  // Accelerators since MI200 have no edge: their hottest spot is what they show.
  const own = edge.length > 0 ? edge : sensor(host, hwmon, 'temp', 'junction', OWN_HEAT, milli);
  const memory = { input: 'gpu_memory_temperature_celsius', crit: 'gpu_memory_temperature_max_operating_celsius' };
  return [
    // A card of old has one sensor without a name.
    ...(own.length > 0 ? own : elements(`${hwmon}/temp1`, OWN_HEAT, milli)),
    ...sensor(host, hwmon, 'temp', 'junction', { input: 'gpu_hotspot_temperature_celsius', crit: HOTSPOT_LIMIT }, milli),
    ...sensor(host, hwmon, 'temp', 'mem', memory, milli),
  ];
}

/** Where `amdFiles` puts the hot spot's limit, which is no metric: it only counts for the margin. */
export const HOTSPOT_LIMIT = 'hotspot limit';
