import { defineMetrics } from '../../agent/contract/metric.ts';

/** Of a node's BMC: what no sampler of the agent reads as well. */
export const metrics = defineMetrics('redfish', {
  redfish_temperature_celsius: {
    kind: 'gauge',
    unit: 'celsius',
    help: "A temperature that the node's BMC tells, but that of incoming air, which is temperature_inlet_celsius.",
    labels: ['sensor'],
  },
  redfish_temperature_critical_celsius: {
    kind: 'gauge',
    unit: 'celsius',
    help: 'Temperature of the sensor from which on the BMC counts it as critical.',
    labels: ['sensor'],
  },
  redfish_fan_rpm: { kind: 'gauge', unit: 'rpm', help: 'Speed of a fan of the node.', labels: ['sensor'] },
  redfish_fan_ratio: { kind: 'gauge', unit: 'ratio', help: 'Speed of a fan as a share of the fastest it can turn.', labels: ['sensor'] },
});
