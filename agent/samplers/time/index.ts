import { Unavailable } from '../../contract/errors.ts';
import type { Host } from '../../host.ts';
import { defineSampler } from '../../sampler.ts';
import type { SamplerContext, Series } from '../../sampler.ts';
import { metrics } from './metrics.ts';
import { zoneName } from './zone-name.ts';

const CLOCKSOURCES = '/sys/devices/system/clocksource';

export default defineSampler({
  name: 'time',
  summary: 'The clock: its time, time zone and clock source.',
  metrics,
  options: {},
  open({ host, series }) {
    const time = series(metrics.node_time_seconds);
    let minute = Number.NaN;
    let zone = { offset: Number.NaN, series: undefined as Series | undefined };
    let sources: readonly Series[] = [];
    let shown = '';

    // A kernel that finds its TSC unstable changes the source while it runs, and daylight saving the offset: both are looked up once a minute.
    const lookUp = (now: number): void => {
      const offset = 0 - new Date(now).getTimezoneOffset() * 60;
      if (offset !== zone.offset) {
        zone.series?.end();
        zone = { offset, series: series(metrics.node_time_zone_offset_seconds, { time_zone: localZone(host, offset) }) };
      }
      const found = clockSources(host);
      const all = JSON.stringify(found);
      if (all === shown) return;
      shown = all;
      for (const one of sources) one.end();
      sources = openSources(series, found);
    };

    return {
      sample() {
        const now = host.now();
        const its = Math.floor(now / 60_000);
        if (its !== minute) lookUp(now);
        minute = its;
        time.set(now / 1000);
        zone.series?.set(zone.offset);
        for (const one of sources) one.set(1);
      },
    };
  },
});

interface ClockSource {
  readonly device: string;
  readonly available: readonly string[];
  readonly current: string | undefined;
}

function clockSources(host: Host): readonly ClockSource[] {
  return host
    .list(CLOCKSOURCES)
    .filter((name) => /^clocksource\d+$/.test(name))
    .map((name) => ({
      device: name.replace('clocksource', ''),
      available: (host.text(`${CLOCKSOURCES}/${name}/available_clocksource`) ?? '').split(/\s+/).filter((source) => source !== ''),
      current: host.text(`${CLOCKSOURCES}/${name}/current_clocksource`),
    }));
}

function openSources(series: SamplerContext<unknown>['series'], found: readonly ClockSource[]): readonly Series[] {
  return found.flatMap(({ device, available, current }) => [
    ...available.map((clocksource) => series(metrics.node_time_clocksource_available_info, { device, clocksource })),
    ...(current === undefined ? [] : [series(metrics.node_time_clocksource_current_info, { device, clocksource: current })]),
  ]);
}

function localZone(host: Host, offset: number): string {
  const name = zoneFile(host, process.env['TZ']);
  // Without a file there is no abbreviation; ISO 8601's notation of the offset says the same.
  const hours = String(Math.floor(Math.abs(offset) / 3600)).padStart(2, '0');
  const minutes = String((Math.abs(offset) / 60) % 60).padStart(2, '0');
  const fallback = offset === 0 ? 'UTC' : `${offset < 0 ? '-' : '+'}${hours}:${minutes}`;
  return (name && zoneName(name, offset)) ?? fallback;
}

function zoneFile(host: Host, variable: string | undefined): Buffer | undefined {
  if (variable === '') return undefined;
  const path = variable === undefined ? '/etc/localtime' : `/usr/share/zoneinfo/${variable.replace(/^:/, '')}`;
  try {
    const file = host.open(path);
    const { bytes, end } = file.read();
    file.close();
    return Buffer.from(bytes.subarray(0, end));
  } catch (error) {
    if (error instanceof Unavailable || (error instanceof Error && 'code' in error)) return undefined;
    throw error;
  }
}
