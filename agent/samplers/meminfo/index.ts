import { lastColonEnd, readCell, readCount } from '../../cells.ts';
import { keptRows } from '../../kept-rows.ts';
import { defineSampler } from '../../sampler.ts';
import { skipBlanks, skipIf } from '../../scan.ts';
import type { Cursor } from '../../scan.ts';
import { memoryMetric, metrics } from './metrics.ts';

const FIELD = /^[a-zA-Z][a-zA-Z0-9_()]*:$/;
const KILOBYTES = Buffer.from('kB');

export default defineSampler({
  name: 'meminfo',
  summary: 'Memory by use, from every field of /proc/meminfo.',
  metrics,
  options: {},
  open({ host, series }) {
    const file = host.open('/proc/meminfo', 4096);
    const rows = keptRows({
      keyEnd: lastColonEnd,
      open(key, c) {
        if (!FIELD.test(key)) return undefined;
        const kilobytes = inKilobytes(c);
        const declared = memoryMetric(key.slice(0, -1), kilobytes);
        const one = series(metrics[declared.name] ?? declared);
        const scale = kilobytes ? 1024 : 1;
        return { read: (c) => one.set(readCount(c) * scale), end: () => one.end() };
      },
    });
    return { sample: () => rows.read(file.read()), close: () => file.close() };
  },
});

// As node_exporter does: a unit after the number is always kB, and a field without one is a count.
function inKilobytes(c: Cursor): boolean {
  readCell(c);
  skipBlanks(c);
  return skipIf(c, KILOBYTES);
}
