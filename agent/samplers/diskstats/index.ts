import { readCount, thirdWordEnd } from '../../cells.ts';
import type { Host } from '../../host.ts';
import { keptRows } from '../../kept-rows.ts';
import { defineSampler } from '../../sampler.ts';
import { columns } from './columns.ts';
import { metrics } from './metrics.ts';

// node_exporter's default (collector/diskstats_common.go --collector.diskstats.device-exclude): RAM and loop disks, and partitions.
const EXCLUDED = /^(ram|loop|fd|(h|s|v|xv)d[a-z]|nvme\d+n\d+p)\d+$/;

export default defineSampler({
  name: 'diskstats',
  summary: 'Reads, writes, discards and busy time by disk, from /proc/diskstats.',
  metrics,
  options: {},
  examine(host) {
    const lines = host.text('/proc/diskstats');
    if (lines === undefined) return [{ source: 'disks', found: false, why: `${host.path('/proc/diskstats')} cannot be read` }];
    const disks = lines.split('\n').filter((line) => !EXCLUDED.test(line.trim().split(/ +/)[2] ?? ''));
    const identities = host.list('/run/udev/data').some((name) => name.startsWith('b'));
    const why = identities ? 'from udev' : 'udev does not tell (in a container: mount /run/udev into it)';
    return [
      { source: 'disks', found: true, why: `${disks.length} whole disks` },
      { source: 'models and serial numbers', found: identities, why },
    ];
  },
  open({ host, series }) {
    const file = host.open('/proc/diskstats', 8192);
    const rows = keptRows({
      keyEnd: thirdWordEnd,
      open(key) {
        const [major = '', minor = '', device = ''] = key.trim().split(/ +/);
        if (!/^\d+$/.test(major) || !/^\d+$/.test(minor) || EXCLUDED.test(device)) return undefined;
        const own = columns.map(({ metric }) => series(metric, { device }));
        const info = series(metrics.node_disk_info, { device, major, minor, ...identity(host, `${major}:${minor}`) });
        return {
          read(c) {
            for (let i = 0; i < columns.length; i++) {
              const column = columns[i];
              if (column !== undefined) own[i]?.set((readCount(c) * column.times) / column.per);
            }
            info.set(1);
          },
          end() {
            for (const one of own) one.end();
            info.end();
          },
        };
      },
    });
    return { sample: () => rows.read(file.read()), close: () => file.close() };
  },
});

// What udev knows of the disk, as node_exporter takes it; empty where udev does not run (in containers).
function identity(host: Host, number: string): Record<'path' | 'wwn' | 'model' | 'serial' | 'revision', string> {
  const properties = new Map<string, string>();
  for (const line of (host.text(`/run/udev/data/b${number}`) ?? '').split('\n')) {
    const [, name, value] = /^E:([^=]+)=(.*)$/.exec(line) ?? [];
    if (name !== undefined && value !== undefined) properties.set(name, value);
  }
  const first = (...names: readonly string[]): string => names.map((name) => properties.get(name)).find((value) => value) ?? '';
  return {
    path: first('ID_PATH'),
    wwn: first('ID_WWN'),
    model: first('ID_MODEL'),
    serial: first('ID_SERIAL_SHORT', 'ID_SERIAL'),
    revision: first('ID_REVISION'),
  };
}
