/** What may hold an NVIDIA GPU's clocks down, in the vendor's words, in the order of the bits of nvmlClocksEventReason* (nvml.h). */
export const clockEventReasons: readonly string[] = [
  'gpu_idle',
  'applications_clocks_setting',
  'sw_power_cap',
  'hw_slowdown',
  'sync_boost',
  'sw_thermal_slowdown',
  'hw_thermal_slowdown',
  'hw_power_brake_slowdown',
  'display_clock_setting',
];
