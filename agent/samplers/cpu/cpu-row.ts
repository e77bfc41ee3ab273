import { readCount } from '../../cells.ts';
import type { Row } from '../../kept-rows.ts';
import type { Series } from '../../sampler.ts';

/** The columns of a cpu line of /proc/stat, as proc_stat(5) has them. */
export const MODES = ['user', 'nice', 'system', 'idle', 'iowait', 'irq', 'softirq', 'steal'] as const;

/** Columns after the modes: guest time, which user and nice contain. */
export const GUEST_MODES = ['user', 'nice'] as const;

const IDLE = 3;
// node_exporter's limit (collector/cpu_linux.go jumpBackSeconds): idle time that falls by more than this is a CPU taken out and put back.
const JUMP_BACK_TICKS = 300;

// sysconf(_SC_CLK_TCK), which is 100 for user space on every architecture that Node runs on.
const TICKS_PER_SECOND = 100;

/** Reads one cpu line into a series a column. Idle and I/O-wait time may fall a little (proc_stat(5)); then the larger value holds, as a counter never falls. */
export function cpuRow(columns: readonly Series[]): Row {
  const last = new Float64Array(columns.length);
  const now = new Float64Array(columns.length);
  return {
    read(c) {
      for (let i = 0; i < now.length; i++) now[i] = readCount(c);
      if ((last[IDLE] ?? 0) - (now[IDLE] ?? 0) >= JUMP_BACK_TICKS) last.fill(0);
      for (let i = 0; i < now.length; i++) {
        const ticks = now[i] ?? Number.NaN;
        if (Number.isNaN(ticks)) continue;
        const held = Math.max(ticks, last[i] ?? 0);
        last[i] = held;
        columns[i]?.set(held / TICKS_PER_SECOND);
      }
    },
    end() {
      for (const column of columns) column.end();
    },
  };
}
