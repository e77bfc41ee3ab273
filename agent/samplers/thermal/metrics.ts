import { defineMetrics } from '../../contract/metric.ts';

/** Temperatures of thermal zones. */
export const zoneMetrics = defineMetrics('node_thermal_zone', {
  node_thermal_zone_temp: {
    kind: 'gauge',
    unit: 'celsius',
    help: 'Zone temperature in Celsius.',
    labels: ['zone', 'type'],
    inheritedName: true,
  },
});

/** How hard each cooling device works, of how hard it can; 0 is not at all. */
export const coolingMetrics = defineMetrics('node_cooling_device', {
  node_cooling_device_cur_state: {
    kind: 'gauge',
    unit: 'count',
    help: 'Current throttle state of the cooling device.',
    labels: ['name', 'type'],
  },
  node_cooling_device_max_state: {
    kind: 'gauge',
    unit: 'count',
    help: 'Maximum throttle state of the cooling device.',
    labels: ['name', 'type'],
  },
});

/** Everything read from /sys/class/thermal. */
export const metrics = { ...zoneMetrics, ...coolingMetrics };
