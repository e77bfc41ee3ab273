import { firstWordEnd, readCount } from '../../cells.ts';
import { hasCode, Unavailable } from '../../contract/errors.ts';
import type { Metric } from '../../contract/metric.ts';
import type { Host, KeptFile } from '../../host.ts';
import { keptRows } from '../../kept-rows.ts';
import type { Row } from '../../kept-rows.ts';
import { defineSampler } from '../../sampler.ts';
import type { Series } from '../../sampler.ts';
import { skipBlanks, skipIf, skipWord } from '../../scan.ts';
import { metrics } from './metrics.ts';

// The lines of each file that node_exporter shows. The full line of cpu is zero by definition (Documentation/accounting/psi.rst).
const FILES: readonly { name: string; lines: Readonly<Record<string, Metric<never>>> }[] = [
  { name: 'cpu', lines: { 'some ': metrics.node_pressure_cpu_waiting_seconds_total } },
  {
    name: 'io',
    lines: { 'some ': metrics.node_pressure_io_waiting_seconds_total, 'full ': metrics.node_pressure_io_stalled_seconds_total },
  },
  {
    name: 'memory',
    lines: { 'some ': metrics.node_pressure_memory_waiting_seconds_total, 'full ': metrics.node_pressure_memory_stalled_seconds_total },
  },
  { name: 'irq', lines: { 'full ': metrics.node_pressure_irq_stalled_seconds_total } },
];

// Documentation/admin-guide/kernel-parameters.txt: psi=.
const BOOT_WITH_PSI = 'grubby --update-kernel=ALL --args=psi=1 && reboot   (Debian: GRUB_CMDLINE_LINUX in /etc/default/grub)';

const MICROSECONDS = 1_000_000;
const TOTAL = Buffer.from('total=');

export default defineSampler({
  name: 'pressure',
  summary: 'Time lost waiting for CPU, memory, I/O and interrupts, from /proc/pressure.',
  metrics,
  options: {},
  examine(host) {
    const found = FILES.filter(({ name }) => host.text(`/proc/pressure/${name}`) !== undefined).map(({ name }) => name);
    const source = 'stall information';
    if (found.length > 0) return [{ source, found: true, why: found.join(', ') }];
    return [{ source, found: false, why: 'the kernel does not keep it unless it is booted with psi=1', fix: BOOT_WITH_PSI }];
  },
  open({ host, series }) {
    const tables = FILES.flatMap(({ name, lines }) => {
      const file = openPressure(host, name);
      if (file === undefined) return [];
      const rows = keptRows({
        keyEnd: firstWordEnd,
        open(key) {
          const metric = lines[key];
          return metric === undefined ? undefined : totalRow(series(metric));
        },
      });
      return [{ file, rows }];
    });
    if (tables.length === 0) throw new Unavailable('the kernel keeps no pressure stall information (psi=1 starts it)');
    return {
      sample() {
        for (const { file, rows } of tables) rows.read(file.read());
      },
      close() {
        for (const { file } of tables) file.close();
      },
    };
  },
});

// A kernel that was booted without psi has the files, and refuses to read them.
function openPressure(host: Host, name: string): KeptFile | undefined {
  let file: KeptFile | undefined;
  try {
    file = host.open(`/proc/pressure/${name}`, 256);
    file.read();
    return file;
  } catch (error) {
    file?.close();
    if (error instanceof Unavailable || hasCode(error, 'EOPNOTSUPP', 'ENOTSUP')) return undefined;
    throw error;
  }
}

function totalRow(one: Series): Row {
  return {
    read(c) {
      for (let word = 0; word < 4; word++) {
        if (skipIf(c, TOTAL)) return one.set(readCount(c) / MICROSECONDS);
        skipWord(c);
        skipBlanks(c);
      }
    },
    end: () => one.end(),
  };
}
