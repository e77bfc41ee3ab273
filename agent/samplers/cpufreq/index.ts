import { Unavailable } from '../../contract/errors.ts';
import { defineSampler } from '../../sampler.ts';
import type { Series } from '../../sampler.ts';
import { countGovernors } from './governors.ts';
import { metrics } from './metrics.ts';

export default defineSampler({
  name: 'cpufreq',
  summary: 'Which governors decide on the clocks of how many CPUs, from /sys/devices/system/cpu/cpufreq.',
  period: '1m',
  metrics,
  options: {},
  open({ host, series }) {
    if (countGovernors(host).size === 0) throw new Unavailable('no CPU has a frequency governor');
    const shown = new Map<string, Series>();
    return {
      sample() {
        const counts = countGovernors(host);
        for (const [governor, gauge] of shown) {
          if (counts.has(governor)) continue;
          gauge.end();
          shown.delete(governor);
        }
        for (const [governor, cpus] of counts) {
          const gauge = shown.get(governor) ?? series(metrics.power_cpu_governor, { governor });
          shown.set(governor, gauge);
          gauge.set(cpus);
        }
      },
    };
  },
  examine(host) {
    const governors = [...countGovernors(host)].map(([governor, cpus]) => `${governor} on ${cpus} CPUs`);
    const why = governors.length === 0 ? 'no cpufreq in /sys/devices/system/cpu: firmware or hypervisor decides' : governors.join(', ');
    return [{ source: 'frequency governors', found: governors.length > 0, why }];
  },
});
