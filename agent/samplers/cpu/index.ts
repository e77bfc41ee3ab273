import { firstWordEnd, readCount } from '../../cells.ts';
import { flag } from '../../contract/fields.ts';
import { keptRows } from '../../kept-rows.ts';
import type { Row } from '../../kept-rows.ts';
import { defineSampler } from '../../sampler.ts';
import type { SamplerContext, Series } from '../../sampler.ts';
import { cpuRow, GUEST_MODES, MODES } from './cpu-row.ts';
import { metrics } from './metrics.ts';

// One sampler for everything in /proc/stat: the kernel makes that file anew on every read, which costs a millisecond on a large
// node, so that node_exporter's two collectors (cpu and stat), each reading it, would be twice the price.
export default defineSampler({
  name: 'cpu',
  summary: 'CPU time by mode, processes, interrupts and boot time, from one reading of /proc/stat.',
  metrics,
  options: {
    per_core: flag(true, 'A series for each CPU, as node_exporter has them; otherwise one with cpu="all".'),
  },
  open({ host, series, options }) {
    const file = host.open('/proc/stat', 16_384);
    const online = series(metrics.node_cpus_online);
    let cpus = 0;
    const stat: Readonly<Record<string, Series>> = {
      'btime ': series(metrics.node_boot_time_seconds),
      'ctxt ': series(metrics.node_context_switches_total),
      'processes ': series(metrics.node_forks_total),
      'intr ': series(metrics.node_intr_total),
      'procs_running ': series(metrics.node_procs_running),
      'procs_blocked ': series(metrics.node_procs_blocked),
    };
    const rows = keptRows({
      keyEnd: firstWordEnd,
      open(key) {
        const [, cpu] = CPU.exec(key) ?? [];
        if (cpu === '') return options.per_core ? undefined : openCpu(series, 'all');
        if (cpu !== undefined) return counted(options.per_core ? openCpu(series, cpu) : undefined, (by) => (cpus += by));
        const one = stat[key];
        return one === undefined ? undefined : { read: (c) => one.set(readCount(c)), end: () => undefined };
      },
    });
    return {
      sample() {
        rows.read(file.read());
        if (cpus > 0) online.set(cpus);
      },
      close: () => file.close(),
    };
  },
});

const CPU = /^cpu(\d*) $/;

function openCpu(series: SamplerContext<unknown>['series'], cpu: string): Row {
  return cpuRow([
    ...MODES.map((mode) => series(metrics.node_cpu_seconds_total, { cpu, mode })),
    ...GUEST_MODES.map((mode) => series(metrics.node_cpu_guest_seconds_total, { cpu, mode })),
  ]);
}

function counted(row: Row | undefined, count: (by: number) => void): Row {
  count(1);
  return {
    read: (c) => row?.read(c),
    end() {
      count(-1);
      row?.end();
    },
  };
}
