import { Unavailable } from '../../contract/errors.ts';
import type { Host } from '../../host.ts';
import { openValue } from '../../kept-value.ts';
import { defineSampler } from '../../sampler.ts';
import type { SamplerContext, Series } from '../../sampler.ts';
import { metrics } from './metrics.ts';

const THERMAL = '/sys/class/thermal';
// Documentation/driver-api/thermal/sysfs-api.rst: millidegree Celsius.
const MILLI = 1000;

interface Gauge {
  read(): void;
  close(): void;
  end(): void;
}

export default defineSampler({
  name: 'thermal',
  summary: 'Thermal zones and cooling devices, from /sys/class/thermal.',
  period: '10s',
  metrics,
  options: {},
  examine(host) {
    const count = (kind: RegExp): number => host.list(THERMAL).filter((name) => kind.test(name)).length;
    const [zones, devices] = [count(/^thermal_zone\d+$/), count(/^cooling_device\d+$/)];
    if (zones + devices === 0) return [{ source: 'zones', found: false, why: 'the firmware declares none' }];
    return [{ source: 'zones', found: true, why: `${zones} zones, ${devices} cooling devices` }];
  },
  open({ host, series }) {
    let names: readonly string[] = [];
    let gauges: readonly Gauge[] = [];
    const close = (): void => {
      for (const gauge of gauges) gauge.close();
    };
    // Zones come and go with drivers; listing them is one cheap call.
    const find = (): void => {
      const found = host.list(THERMAL);
      if (found.length === names.length && found.every((name, at) => name === names[at])) return;
      close();
      for (const gauge of gauges) gauge.end();
      names = found;
      gauges = found.flatMap((name) => [...zone(host, series, name), ...coolingDevice(host, series, name)]);
    };
    find();
    if (gauges.length === 0) throw new Unavailable(`nothing to read in ${host.path(THERMAL)}`);
    return {
      sample() {
        find();
        for (const gauge of gauges) gauge.read();
      },
      close,
    };
  },
});

function zone(host: Host, series: SamplerContext<unknown>['series'], name: string): readonly Gauge[] {
  const [, number] = /^thermal_zone(\d+)$/.exec(name) ?? [];
  if (number === undefined) return [];
  const type = host.text(`${THERMAL}/${name}/type`) ?? '';
  return gauge(host, `${THERMAL}/${name}/temp`, MILLI, () => series(metrics.node_thermal_zone_temp, { zone: number, type }));
}

function coolingDevice(host: Host, series: SamplerContext<unknown>['series'], name: string): readonly Gauge[] {
  const [, number] = /^cooling_device(\d+)$/.exec(name) ?? [];
  if (number === undefined) return [];
  const labels = { name: number, type: host.text(`${THERMAL}/${name}/type`) ?? '' };
  return [
    ...gauge(host, `${THERMAL}/${name}/cur_state`, 1, () => series(metrics.node_cooling_device_cur_state, labels)),
    ...gauge(host, `${THERMAL}/${name}/max_state`, 1, () => series(metrics.node_cooling_device_max_state, labels)),
  ];
}

function gauge(host: Host, path: string, per: number, open: () => Series): readonly Gauge[] {
  try {
    const value = openValue(host, path);
    const one = open();
    return [
      {
        read: () => one.set(value.read() / per),
        close: () => value.close(),
        end: () => one.end(),
      },
    ];
  } catch (error) {
    if (error instanceof Unavailable) return [];
    throw error;
  }
}
