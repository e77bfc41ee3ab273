import { Unavailable } from '../../contract/errors.ts';
import type { Metric } from '../../contract/metric.ts';
import type { Host } from '../../host.ts';
import { looseValue, openValue } from '../../kept-value.ts';
import type { KeptValue } from '../../kept-value.ts';
import { defineSampler } from '../../sampler.ts';
import type { SamplerContext, Series } from '../../sampler.ts';
import { metrics } from './metrics.ts';
import { findSensors } from './sensors.ts';
import type { Sensor } from './sensors.ts';

// Documentation/hwmon/sysfs-interface.rst: millidegrees.
const MILLI = 1000;
const LOOK_AGAIN_MS = 60_000;

/** A series and the files it is read of: of temperatures the hottest counts, of limits the lowest. */
interface Gauge {
  readonly series: Series;
  readonly values: KeptValue[];
  readonly isLimit: boolean;
  last: number;
}

export default defineSampler({
  name: 'temperature',
  summary: 'Temperatures of CPU packages, boards and inlets with their limits, from cheap chips and thermal zones.',
  period: '10s',
  metrics,
  options: {},
  open({ host, series }) {
    let shown = '';
    let gauges: readonly Gauge[] = [];
    let lookedAt = Number.NEGATIVE_INFINITY;
    const close = (): void => {
      for (const { values } of gauges) for (const value of values) value.close();
    };
    const find = (): void => {
      const sensors = findSensors(host);
      const now = JSON.stringify(sensors);
      if (now === shown) return;
      close();
      for (const gauge of gauges) gauge.series.end();
      shown = now;
      gauges = openGauges(host, series, sensors);
    };
    find();
    if (gauges.length === 0) throw new Unavailable('no sensor of a CPU package, board or inlet that is cheap to read');
    return {
      sample() {
        const now = host.now();
        // A clock set back must not keep the sampler from looking for as long.
        const due = Math.abs(now - lookedAt) >= LOOK_AGAIN_MS;
        if (due) {
          find();
          lookedAt = now;
        }
        for (const gauge of gauges) {
          // Limits hardly ever change.
          if (due || !gauge.isLimit) gauge.last = read(gauge);
          gauge.series.set(gauge.last);
        }
      },
      close,
    };
  },
  examine(host) {
    const sensors = findSensors(host);
    return (['cpu', 'board', 'inlet'] as const).map((place) => {
      const source = `temperature of the ${place === 'cpu' ? 'CPUs' : place}`;
      const names = sensors.filter((sensor) => sensor.place === place).map(({ name }) => name);
      if (names.length > 0) return { source, found: true, why: `of ${names.join(', ')}` };
      if (place === 'cpu')
        return { source, found: false, why: 'neither coretemp nor k10temp is loaded', fix: 'modprobe -a coretemp k10temp' };
      const why = 'no chip or thermal zone is labelled so; most servers tell it to their BMC only';
      return { source, found: false, why };
    });
  },
});

const METRICS: Readonly<Record<Sensor['place'], { input: Metric; max?: Metric; critical: Metric; label: string }>> = {
  cpu: {
    input: metrics.temperature_cpu_celsius,
    max: metrics.temperature_cpu_max_celsius,
    critical: metrics.temperature_cpu_critical_celsius,
    label: 'package',
  },
  board: { input: metrics.temperature_board_celsius, critical: metrics.temperature_board_critical_celsius, label: 'sensor' },
  inlet: { input: metrics.temperature_inlet_celsius, critical: metrics.temperature_inlet_critical_celsius, label: 'sensor' },
};

function openGauges(host: Host, series: SamplerContext<unknown>['series'], sensors: readonly Sensor[]): readonly Gauge[] {
  const gauges = new Map<string, Gauge>();
  const add = (metric: Metric | undefined, labels: Readonly<Record<string, string>>, path: string | undefined, isLimit: boolean): void => {
    if (metric === undefined || path === undefined) return;
    const value = openIfThere(host, path, isLimit);
    if (value === undefined) return;
    const key = JSON.stringify([metric.name, labels]);
    const gauge = gauges.get(key) ?? { series: series(metric, labels), values: [], isLimit, last: Number.NaN };
    gauges.set(key, gauge);
    gauge.values.push(value);
  };
  for (const { place, name, input, max, critical } of sensors) {
    const { label, ...of } = METRICS[place];
    const labels = { [label]: name };
    add(of.input, labels, input, false);
    add(of.max, labels, max, true);
    add(of.critical, labels, critical, true);
  }
  return [...gauges.values()];
}

function openIfThere(host: Host, path: string, isLimit: boolean): KeptValue | undefined {
  if (isLimit) return looseValue(host, path);
  try {
    return openValue(host, path);
  } catch (error) {
    if (error instanceof Unavailable) return undefined;
    throw error;
  }
}

function read({ values, isLimit }: Gauge): number {
  let chosen = Number.NaN;
  for (const value of values) {
    const degrees = value.read() / MILLI;
    if (Number.isNaN(chosen) || (isLimit ? degrees < chosen : degrees > chosen)) chosen = degrees;
  }
  return chosen;
}
