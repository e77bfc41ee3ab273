import { Transient } from '../../contract/errors.ts';
import { defineSampler } from '../../sampler.ts';
import { examineRapl } from './access.ts';
import { metrics, zoneMetric } from './metrics.ts';
import { openRapl } from './rapl.ts';
import { POWERCAP } from './zones.ts';

export default defineSampler({
  name: 'rapl',
  summary: 'Energy of CPU packages, memory and platform as the CPU counts it, from /sys/class/powercap.',
  metrics,
  options: {},
  open({ host, series }) {
    const rapl = openRapl(host);
    const counters = rapl.energies.map((energy) => {
      const { kind, index, path } = energy.zone;
      return { energy, counter: series(zoneMetric(kind), { index, path }) };
    });
    return {
      sample() {
        rapl.read();
        if (counters.every(({ energy }) => Number.isNaN(energy.joules))) throw new Transient(`nothing to read in ${host.path(POWERCAP)}`);
        for (const { energy, counter } of counters) counter.set(energy.joules);
      },
      close: () => rapl.close(),
    };
  },
  examine: examineRapl,
});
