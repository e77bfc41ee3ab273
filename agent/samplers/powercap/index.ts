import { Unavailable } from '../../contract/errors.ts';
import { defineSampler } from '../../sampler.ts';
import type { Series } from '../../sampler.ts';
import { findCaps } from './caps.ts';
import { metrics } from './metrics.ts';

export default defineSampler({
  name: 'powercap',
  summary: "Power caps of the node's parts, from RAPL's constraints and Cray's pm_counters.",
  period: '1m',
  metrics,
  options: {},
  open({ host, series }) {
    if (findCaps(host).length === 0) throw new Unavailable('nothing tells of a power cap');
    let shown = new Map<string, Series>();
    return {
      sample() {
        const before = shown;
        shown = new Map();
        for (const { component, constraint, watts } of findCaps(host)) {
          const key = `${component} ${constraint}`;
          const gauge = before.get(key) ?? series(metrics.power_cap_watts, { component, constraint });
          before.delete(key);
          shown.set(key, gauge);
          gauge.set(watts);
        }
        for (const gone of before.values()) gone.end();
      },
    };
  },
  examine(host) {
    const caps = findCaps(host).map(({ component, constraint, watts }) => `${component} ${constraint} ${watts} W`);
    return [{ source: 'power caps', found: caps.length > 0, why: caps.length === 0 ? 'nothing tells of one' : caps.join(', ') }];
  },
});
