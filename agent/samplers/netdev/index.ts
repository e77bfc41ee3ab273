import { lastColonEnd, readCount } from '../../cells.ts';
import { keptRows } from '../../kept-rows.ts';
import { defineSampler } from '../../sampler.ts';
import { columns, metrics } from './metrics.ts';

export default defineSampler({
  name: 'netdev',
  summary: 'Network traffic and errors by device, from /proc/net/dev.',
  metrics,
  options: {},
  open({ host, series }) {
    // /proc/net is the reader's own network namespace: a container that watches its host has to look at init's.
    const inits = host.root !== '/' && host.text('/proc/1/net/dev') !== undefined;
    const file = host.open(inits ? '/proc/1/net/dev' : '/proc/net/dev', 4096);
    const rows = keptRows({
      keyEnd: lastColonEnd,
      open(key) {
        const device = key.slice(0, -1).trim();
        if (device === '' || device.includes(' ')) return undefined;
        const own = columns.map((metric) => series(metric, { device }));
        return {
          read(c) {
            for (let i = 0; i < own.length; i++) own[i]?.set(readCount(c));
          },
          end() {
            for (const one of own) one.end();
          },
        };
      },
    });
    return { sample: () => rows.read(file.read()), close: () => file.close() };
  },
});
