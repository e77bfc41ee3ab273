import { defineMetrics } from '../../contract/metric.ts';

const gauge = (help: string, label: 'package' | 'sensor') => ({ kind: 'gauge', unit: 'celsius', help, labels: [label] }) as const;

/** What is hot on a node and where its limit is, whoever made it: of each CPU package, and of what a board or the inlet air is measured by. */
export const metrics = defineMetrics('temperature', {
  temperature_cpu_celsius: gauge('Temperature of a CPU package; of several sensors the hottest.', 'package'),
  temperature_cpu_max_celsius: gauge('Temperature from which a CPU package wants more cooling.', 'package'),
  temperature_cpu_critical_celsius: gauge('Temperature at which a CPU package slows itself down or stops.', 'package'),
  temperature_board_celsius: gauge('Temperature of the board, its chipset or its voltage regulators.', 'sensor'),
  temperature_board_critical_celsius: gauge('Temperature that the board sensor calls critical.', 'sensor'),
  temperature_inlet_celsius: gauge('Temperature of the air that comes in.', 'sensor'),
  temperature_inlet_critical_celsius: gauge('Temperature of incoming air that the sensor calls critical.', 'sensor'),
});
