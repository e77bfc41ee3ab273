import { encodeFieldKey, encodeHead, lineWriter } from '../../agent/contract/line-encode.ts';
import type { Metric } from '../../agent/contract/metric.ts';
import { metrics as power } from '../../agent/samplers/power/metrics.ts';
import { metrics as temperature } from '../../agent/samplers/temperature/metrics.ts';
import { metrics } from './metrics.ts';
import type { Reading } from './readings.ts';

/** Labels of every sample of a node. */
export interface NodeLabels {
  readonly cluster: string;
  readonly instance: string;
}

const FROM = { source: 'redfish' };

/** A BMC's readings as line protocol with a time in milliseconds; empty where there are none. */
export function linesOf(readings: readonly Reading[], node: NodeLabels, time: number): Buffer {
  const writer = lineWriter(4096);
  const written = new Set<string>();
  const write = (metric: Metric, labels: Readonly<Record<string, string>>, value: number | undefined): void => {
    if (value === undefined) return;
    const head = encodeHead(metric.set, { ...labels, ...node });
    const series = `${head.toString()} ${metric.field}`;
    // Two sensors of one name would make one series of two: the first stands.
    if (written.has(series)) return;
    written.add(series);
    writer.head(head);
    writer.field(encodeFieldKey(metric.field), value);
    writer.end(time);
  };
  for (const reading of readings) {
    if (reading.of === 'watts') write(power.power_node_watts, FROM, reading.value);
    else if (reading.of === 'joules') write(power.power_node_joules_total, FROM, reading.value);
    else if (reading.of === 'fan') {
      write(metrics.redfish_fan_rpm, { sensor: reading.sensor }, reading.rpm);
      write(metrics.redfish_fan_ratio, { sensor: reading.sensor }, reading.ratio);
    } else {
      const inlet = reading.place === 'inlet';
      const [now, critical] = inlet
        ? [temperature.temperature_inlet_celsius, temperature.temperature_inlet_critical_celsius]
        : [metrics.redfish_temperature_celsius, metrics.redfish_temperature_critical_celsius];
      write(now, { sensor: reading.sensor }, reading.value);
      write(critical, { sensor: reading.sensor }, reading.critical);
    }
  }
  return writer.written();
}
