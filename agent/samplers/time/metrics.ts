import { defineMetrics } from '../../contract/metric.ts';

/** The clock, its zone, and the sources the kernel takes it from. */
export const metrics = defineMetrics('node_time', {
  node_time_seconds: { kind: 'gauge', unit: 'seconds', help: 'System time in seconds since epoch (1970).' },
  node_time_zone_offset_seconds: { kind: 'gauge', unit: 'seconds', help: 'System time zone offset in seconds.', labels: ['time_zone'] },
  node_time_clocksource_available_info: {
    kind: 'gauge',
    unit: 'info',
    help: "Available clocksources read from '/sys/devices/system/clocksource'.",
    labels: ['device', 'clocksource'],
  },
  node_time_clocksource_current_info: {
    kind: 'gauge',
    unit: 'info',
    help: "Current clocksource read from '/sys/devices/system/clocksource'.",
    labels: ['device', 'clocksource'],
  },
});
