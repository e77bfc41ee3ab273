import { Unavailable } from '../../contract/errors.ts';
import { flag } from '../../contract/fields.ts';
import { openValue } from '../../kept-value.ts';
import { defineSampler } from '../../sampler.ts';
import { findCounters } from './counters.ts';
import { metrics } from './metrics.ts';

export default defineSampler({
  name: 'throttle',
  summary: 'How often CPU packages and cores slowed down because of heat, from /sys/devices/system/cpu.',
  period: '10s',
  metrics,
  options: { per_core: flag(false, 'Also each core, which on a big node is a hundred files more.') },
  open({ host, series, options }) {
    const counters = findCounters(host)
      .filter(({ core }) => core === undefined || options.per_core)
      .map(({ path, socket, core }) => ({
        value: openValue(host, path),
        counter:
          core === undefined
            ? series(metrics.node_cpu_package_throttles_total, { package: socket })
            : series(metrics.node_cpu_core_throttles_total, { package: socket, core }),
      }));
    if (counters.length === 0) throw new Unavailable('the CPUs do not count how often they were throttled');
    return {
      sample() {
        for (const { value, counter } of counters) counter.set(value.read());
      },
      close() {
        for (const { value } of counters) value.close();
      },
    };
  },
  examine(host) {
    const packages = findCounters(host).filter(({ core }) => core === undefined);
    const why =
      packages.length === 0 ? 'no thermal_throttle in /sys/devices/system/cpu: not an Intel CPU' : `of ${packages.length} packages`;
    return [{ source: 'thermal throttling', found: packages.length > 0, why }];
  },
});
