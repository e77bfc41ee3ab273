import { lastColonEnd, readCount } from '../../cells.ts';
import { familyIfAny } from '../../family.ts';
import { keptRows } from '../../kept-rows.ts';
import { defineSampler } from '../../sampler.ts';
import type { Series } from '../../sampler.ts';
import { version } from '../../version.ts';
import { metrics } from './metrics.ts';

const MICROSECONDS = 1_000_000;

export default defineSampler({
  name: 'agent',
  summary: 'What the agent itself and its child processes cost: CPU time and memory.',
  metrics,
  options: {},
  open({ host, series }) {
    const file = host.open('/proc/self/status', 4096);
    const started = Math.round(host.now() - process.uptime() * 1000) / 1000;
    const memory: Readonly<Record<string, Series>> = {
      'VmRSS:': series(metrics.vigie_agent_resident_memory_bytes),
      'RssAnon:': series(metrics.vigie_agent_private_memory_bytes),
    };
    const rows = keptRows({
      keyEnd: lastColonEnd,
      open(key) {
        const one = memory[key];
        return one === undefined ? undefined : { read: (c) => one.set(readCount(c) * 1024), end: () => undefined };
      },
    });
    const cpu = series(metrics.vigie_agent_cpu_seconds_total);
    const family = familyIfAny(host);
    const childrenCpu = series(metrics.vigie_agent_children_cpu_seconds_total);
    const childrenMemory = series(metrics.vigie_agent_children_resident_memory_bytes);
    const start = series(metrics.vigie_agent_start_time_seconds);
    const info = series(metrics.vigie_agent_info, { version, node: process.versions.node });
    return {
      sample() {
        rows.read(file.read());
        const { user, system } = process.cpuUsage();
        cpu.set((user + system) / MICROSECONDS);
        const children = family?.read();
        childrenCpu.set(children?.cpuSeconds ?? Number.NaN);
        childrenMemory.set(children?.bytes ?? Number.NaN);
        start.set(started);
        info.set(1);
      },
      close() {
        file.close();
        family?.close();
      },
    };
  },
});
