import { firstWordEnd, readCount } from '../../cells.ts';
import { keptRows } from '../../kept-rows.ts';
import { defineSampler } from '../../sampler.ts';
import { metrics, vmstatMetric } from './metrics.ts';

// node_exporter's default (collector/vmstat_linux.go --collector.vmstat.fields).
const FIELDS = /^(oom_kill|pgpg|pswp|pg.*fault).*/;
const FIELD = /^[a-zA-Z0-9_]+ $/;

export default defineSampler({
  name: 'vmstat',
  summary: 'Paging, swapping, page faults and out-of-memory kills, from /proc/vmstat.',
  metrics,
  options: {},
  open({ host, series }) {
    const file = host.open('/proc/vmstat', 8192);
    const rows = keptRows({
      keyEnd: firstWordEnd,
      open(key) {
        if (!FIELD.test(key) || !FIELDS.test(key)) return undefined;
        const field = key.trim();
        const one = series(metrics[`node_vmstat_${field}`] ?? vmstatMetric(field));
        return { read: (c) => one.set(readCount(c)), end: () => one.end() };
      },
    });
    return { sample: () => rows.read(file.read()), close: () => file.close() };
  },
});
