import { defineMetric } from '../../contract/metric.ts';
import type { Metric } from '../../contract/metric.ts';
import type { Unit } from '../../contract/units.ts';

const labels = ['chip', 'sensor'] as const;

/** A metric of a sensor and what its file's number is divided by to be in the metric's unit. */
export interface SensorMetric {
  readonly metric: Metric<'chip' | 'sensor'>;
  readonly per: number;
}

// Units of Documentation/hwmon/sysfs-interface.rst: millivolt, millidegree, milliampere, microwatt, microjoule, milli-percent.
const MILLI = 1000;
const MICRO = 1_000_000;

/**
 * The metric of an element of a sensor (`temp1_crit`: type `temp`, element `crit`), named as node_exporter names it
 * (collector/hwmon_linux.go), its oddities included: `temp1_crit_alarm` ends in `_celsius`.
 */
export function sensorMetric(type: string, element: string, hasBare: boolean): SensorMetric {
  if (element === '') {
    if (type === 'beep_enable') return gauge('beep_enabled', 'count', 'Hardware beep enabled.');
    if (type === 'vrm') return gauge('voltage_regulator_version', 'count', 'Hardware voltage regulator.');
    if (type === 'update_interval') return gauge('update_interval_seconds', 'seconds', 'Hardware monitor update interval.', MILLI);
  }
  const name = element === 'input' && !hasBare ? type : [type, cleanName(element)].filter((part) => part !== '').join('_');
  if (element === 'fault' || element === 'alarm') return gauge(name, 'count', `Hardware sensor ${element} status (${type}).`);
  if (element === 'beep') return gauge(`${name}_enabled`, 'count', 'Hardware monitor sensor has beeping enabled.');
  const ending = (what: string): string => `Hardware monitor ${what} (${element || 'input'}).`;
  switch (type) {
    case 'in':
    case 'cpu':
      return gauge(`${name}_volts`, 'volts', ending('for voltage'), MILLI);
    case 'temp':
      if (element === 'type') break;
      return gauge(`${name}_celsius`, 'celsius', ending('for temperature'), MILLI);
    case 'curr':
      return gauge(`${name}_amps`, 'amperes', ending('for current'), MILLI);
    case 'energy':
      return { ...gauge(`${name}_joule_total`, 'joules', ending('for joules used so far'), MICRO, 'counter') };
    case 'power':
      if (element === 'accuracy') return gauge(name, 'ratio', 'Hardware monitor power meter accuracy, as a ratio.', MICRO);
      if (/^average_interval(_min|_max)?$/.test(element))
        return gauge(`${name}_seconds`, 'seconds', ending('power usage update interval'), MILLI);
      return gauge(`${name}_watt`, 'watts', ending('for power usage in watts'), MICRO);
    case 'humidity':
      return gauge(name, 'ratio', ending('for humidity, as a ratio (multiply with 100.0 to get the humidity as a percentage)'), MICRO);
    case 'fan':
      if (/^(input|min|max|target)$/.test(element)) return gauge(`${name}_rpm`, 'rpm', ending('for fan revolutions per minute'));
      break;
    default:
  }
  return gauge(name, 'count', `Hardware monitor ${type} element ${element}.`);
}

function gauge(name: string, unit: Unit, help: string, per = 1, kind: 'gauge' | 'counter' = 'gauge'): SensorMetric {
  const metric = defineMetric('node_hwmon', `node_hwmon_${name}`, { kind, unit, help, labels, inheritedName: true });
  return { metric, per };
}

/** A text as node_exporter puts it into names and into the label `chip`: lower case, every other character an underscore, none at the ends. */
export function cleanName(text: string): string {
  return text
    .toLowerCase()
    .replace(/[^a-z0-9:_]/g, '_')
    .replace(/^_+|_+$/g, '');
}

/** Names for people, each with the value 1: of a chip its driver's, of a sensor its label's. */
export const nameMetrics = {
  node_hwmon_chip_names: defineMetric('node_hwmon', 'node_hwmon_chip_names', {
    kind: 'gauge',
    unit: 'count',
    help: 'Annotation metric for human-readable chip names.',
    labels: ['chip', 'chip_name'],
  }),
  node_hwmon_sensor_label: defineMetric('node_hwmon', 'node_hwmon_sensor_label', {
    kind: 'gauge',
    unit: 'count',
    help: 'Label for given chip and sensor.',
    labels: ['chip', 'sensor', 'label'],
  }),
};

// The elements that drivers commonly have; what else is found is declared when it is seen.
const KNOWN: Readonly<Record<string, string>> = {
  temp: 'input max min crit emergency crit_alarm max_alarm alarm fault crit_hyst max_hyst',
  fan: 'input min max target alarm fault',
  in: 'input min max alarm',
  curr: 'input max alarm',
  power: 'input average cap max',
  energy: 'input',
};

/** What most chips have; other elements are declared by {@link sensorMetric} when they are seen. */
export const metrics: Readonly<Record<string, Metric>> = {
  ...nameMetrics,
  ...Object.fromEntries(
    Object.entries(KNOWN).flatMap(([type, elements]) =>
      elements.split(' ').map((element) => {
        const { metric } = sensorMetric(type, element, false);
        return [metric.name, metric] as const;
      }),
    ),
  ),
};
