import { readCount } from '../../cells.ts';
import { defineSampler } from '../../sampler.ts';
import { metrics } from './metrics.ts';

export default defineSampler({
  name: 'loadavg',
  summary: 'Load averages, from /proc/loadavg.',
  metrics,
  options: {},
  open({ host, series }) {
    const file = host.open('/proc/loadavg', 128);
    const loads = [series(metrics.node_load1), series(metrics.node_load5), series(metrics.node_load15)];
    return {
      sample() {
        const c = file.read();
        for (const load of loads) load.set(readCount(c));
      },
      close: () => file.close(),
    };
  },
});
